import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { QuestionToMark, RubricChange } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { CheckField } from '../teaching/fields';
import type { QuestionPlace } from './session';

interface Row {
  /** for React alone: new items have no id yet */
  key: string;
  id: string | null;
  text: string;
  points: string;
  isRetired: boolean;
  used: number;
}

interface Props {
  question: QuestionToMark;
  place: QuestionPlace;
  onSaved: () => Promise<void>;
}

/** The items of a rubric, in the order of their keys. */
export function RubricEditor({ question, place, onSaved }: Props) {
  const { model, trans } = useNexus();
  const [rows, setRows] = useState<Row[]>(() => rowsOf(question));
  const [startsFull, setStartsFull] = useState(question.rubric.starts_full);
  const save = useAction(
    useCallback(async () => {
      const { version } = question.rubric;
      await model.api.put(routes.rubric(place), { ...changeOf(rows), starts_full: startsFull, version });
      await onSaved();
    }, [model, onSaved, place, question.rubric, rows, startsFull])
  );
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: where an item came or went, one goes on writing
  useEffect(
    () => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus(),
    [rows.length]
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run();
  };
  const change = (key: string, part: Partial<Row>) =>
    setRows(now => now.map(row => (row.key === key ? { ...row, ...part } : row)));
  return (
    <form className="nx-rubric" aria-label={trans.__('The rubric')} onSubmit={submit}>
      <ol ref={list}>
        {rows.map((row, at) => (
          <li key={row.key}>
            <input
              className="nx-text"
              required
              maxLength={500}
              aria-label={trans.__('Text of item %1', at + 1)}
              placeholder={trans.__('What is good or missing')}
              value={row.text}
              onChange={event => change(row.key, { text: event.target.value })}
            />
            <input
              className="nx-text nx-rubric-points"
              required
              type="number"
              step="any"
              aria-label={trans.__('Points of item %1', at + 1)}
              title={trans.__('Points')}
              value={row.points}
              onFocus={event => event.currentTarget.select()}
              onChange={event => change(row.key, { points: event.target.value })}
            />
            <button
              type="button"
              className="nx-link"
              disabled={at === 0}
              aria-label={trans.__('Move item %1 up', at + 1)}
              onClick={() => setRows(now => movedUp(now, at))}
            >
              ↑
            </button>
            {row.used > 0 ? (
              <CheckField
                label={trans.__('Retired (%1 have it)', row.used)}
                isChecked={row.isRetired}
                onChange={isRetired => change(row.key, { isRetired })}
              />
            ) : (
              <button
                type="button"
                className="nx-link"
                aria-label={trans.__('Delete item %1', at + 1)}
                onClick={() => setRows(now => now.filter(({ key }) => key !== row.key))}
              >
                {trans.__('Delete')}
              </button>
            )}
          </li>
        ))}
      </ol>
      <div className="nx-filter">
        <button type="button" className="nx-button" onClick={() => setRows(now => [...now, newRow()])}>
          {trans.__('Add an item')}
        </button>
        <CheckField
          label={trans.__('Count down from the whole')}
          isChecked={startsFull}
          onChange={setStartsFull}
        />
        <button type="submit" className="nx-button" data-primary="true" disabled={save.busy}>
          {trans.__('Save the rubric')}
        </button>
        <InlineProblem text={save.problem} />
      </div>
    </form>
  );
}

let made = 0;

function newRow(): Row {
  made += 1;
  return { key: `new-${made}`, id: null, text: '', points: '1', isRetired: false, used: 0 };
}

function rowsOf({ rubric }: QuestionToMark): Row[] {
  if (rubric.items.length === 0) {
    return [newRow()];
  }
  return rubric.items.map(item => ({
    key: item.id,
    id: item.id,
    text: item.text,
    points: String(item.points),
    isRetired: item.is_retired,
    used: item.used
  }));
}

function movedUp(rows: Row[], at: number): Row[] {
  const moved = [...rows];
  [moved[at - 1], moved[at]] = [moved[at], moved[at - 1]];
  return moved;
}

function changeOf(rows: Row[]): Pick<RubricChange, 'items'> {
  const written = rows.filter(({ text }) => text.trim() !== '');
  return {
    items: written.map(({ id, text, points, isRetired }) => ({
      id,
      text,
      points: Number(points),
      is_retired: isRetired
    }))
  };
}
