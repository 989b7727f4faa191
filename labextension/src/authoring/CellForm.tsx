import { useId, useState } from 'react';
import { useNexus } from '../components/context';
import { type CellLike, sourceOf } from '../lab/checks';
import { type Region, regionsOf } from './regions';
import { type AuthorRole, isGraded, markOf, ROLES, roleOf } from './roles';
import type { AuthorSession } from './session';
import { roleWord } from './words';

interface Props {
  session: AuthorSession;
  cell: CellLike;
  index: number;
}

/** What the active cell is for. */
export function CellForm({ session, cell, index }: Props) {
  const { trans } = useNexus();
  const id = useId();
  const role = roleOf(cell);
  const mark = markOf(cell);
  return (
    <section aria-labelledby={`${id}-head`} className="nx-author-form">
      <h3 id={`${id}-head`}>{trans.__('Cell %1', index + 1)}</h3>
      <label htmlFor={`${id}-role`}>{trans.__('Role')}</label>
      <select
        id={`${id}-role`}
        className="nx-text"
        value={role}
        onChange={event => session.setRole(index, event.target.value as AuthorRole)}
      >
        {(ROLES[cell.cell_type] ?? ROLES.raw).map(each => (
          <option key={each} value={each}>
            {roleWord(each, trans)}
          </option>
        ))}
      </select>
      {isGraded(role) && <Points session={session} cell={cell} index={index} />}
      {role !== 'text' && (
        <>
          <label htmlFor={`${id}-id`}>{trans.__('Id')}</label>
          <input
            id={`${id}-id`}
            className="nx-text"
            value={mark.grade_id ?? ''}
            onChange={event => session.setMark(index, { grade_id: event.target.value })}
          />
          <p className="nx-muted">{trans.__('Grades belong to the id: keep it once learners have it.')}</p>
        </>
      )}
      <Regions session={session} cell={cell} role={role} />
      {isGraded(role) && <Concepts session={session} cell={cell} index={index} />}
      {(isGraded(role) || role === 'answer') && <Hints session={session} cell={cell} index={index} />}
    </section>
  );
}

/** Half a number that is being typed is no number yet: it stays as it is typed. */
function Points({ session, cell, index }: Props) {
  const { trans } = useNexus();
  const id = useId();
  const { points } = markOf(cell);
  const [typed, setTyped] = useState(String(points ?? ''));
  const change = (text: string) => {
    setTyped(text);
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) {
      session.setMark(index, { points: value });
    }
  };
  return (
    <>
      <label htmlFor={id}>{trans.__('Points')}</label>
      <input
        id={id}
        className="nx-text"
        type="number"
        min={0}
        step="any"
        value={typed.trim() !== '' && Number(typed) !== points ? String(points ?? '') : typed}
        onChange={event => change(event.target.value)}
      />
    </>
  );
}

function Regions({ session, cell, role }: { session: AuthorSession; cell: CellLike; role: AuthorRole }) {
  const { trans } = useNexus();
  const offers: Partial<Record<AuthorRole, [Region, string]>> = {
    answer: ['SOLUTION', trans.__('Mark the solution')],
    test: ['HIDDEN TESTS', trans.__('Hide these tests')]
  };
  const [region, label] = offers[role] ?? [];
  if (!region || cell.cell_type !== 'code') {
    return null;
  }
  const isMarked = regionsOf(sourceOf(cell), region).spans.length > 0;
  const told =
    region === 'SOLUTION'
      ? trans.__(
          'Learners get the cell without what is marked. Where nothing is marked, they get an empty one.'
        )
      : trans.__('Learners do not get what is marked. Select some lines to hide only these.');
  return (
    <div>
      {!(isMarked && region === 'SOLUTION') && (
        <button type="button" className="nx-button" onClick={() => session.insertRegion(region)}>
          {label}
        </button>
      )}
      <p className="nx-muted">{told}</p>
    </div>
  );
}

function authored(cell: CellLike, key: 'concepts' | 'hints'): string[] {
  const values = (cell.metadata.nexus as Record<string, unknown> | undefined)?.[key];
  return Array.isArray(values) ? values.map(String) : [];
}

function Concepts({ session, cell, index }: Props) {
  const { trans } = useNexus();
  const id = useId();
  const [text, setText] = useState(authored(cell, 'concepts').join(', '));
  const keep = () => {
    const concepts = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
    setText(concepts.join(', '));
    session.setAuthored(index, 'concepts', concepts);
  };
  return (
    <>
      <label htmlFor={id}>{trans.__('Concepts, with commas between')}</label>
      <input
        id={id}
        className="nx-text"
        placeholder="python.loops.range"
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={keep}
      />
    </>
  );
}

function Hints({ session, cell, index }: Props) {
  const { trans } = useNexus();
  const [hints, setHints] = useState(authored(cell, 'hints'));
  const change = (next: string[]) => {
    setHints(next);
    session.setAuthored(index, 'hints', next.map(hint => hint.trim()).filter(Boolean));
  };
  return (
    <fieldset className="nx-author-hints">
      <legend>{trans.__('Hints: first the idea, then the form, then the form with gaps')}</legend>
      {hints.map((hint, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a hint has no other name than its place
        <div key={place} className="nx-row">
          <textarea
            className="nx-text"
            rows={2}
            aria-label={trans.__('Hint %1', place + 1)}
            value={hint}
            onChange={event => change(hints.map((each, at) => (at === place ? event.target.value : each)))}
          />
          <button
            type="button"
            className="nx-link"
            aria-label={trans.__('Remove hint %1', place + 1)}
            onClick={() => change(hints.filter((_, at) => at !== place))}
          >
            {trans.__('Remove')}
          </button>
        </div>
      ))}
      <button type="button" className="nx-button" onClick={() => change([...hints, ''])}>
        {trans.__('Add a hint')}
      </button>
    </fieldset>
  );
}
