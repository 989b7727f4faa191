import { type FormEvent, useCallback, useState } from 'react';
import type { Gradebook, GradebookRow } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched, useReloading } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { moment, percent } from '../format';
import type { Resource } from '../model/resource';
import { TextField } from './fields';
import { derivation } from './gradebook';

interface OfStudent {
  book: Gradebook;
  row: GradebookRow;
  resource: Resource<Gradebook>;
}

/** One student of the gradebook: how the grade came about, the note, and scores that persons give. */
export function GradebookStudent({ onClose, ...of }: OfStudent & { onClose: () => void }) {
  const { trans } = useNexus();
  const { book, row } = of;
  const titles = Object.fromEntries(book.nodes.map(({ slug, title }) => [slug, title]));
  return (
    <section aria-label={row.display_name} className="nx-grade-box">
      <h2>{row.display_name}</h2>
      {derivation(book.scheme, row, titles, trans).map(line => (
        <p key={line}>{line}</p>
      ))}
      <Note {...of} />
      <GiveScore {...of} />
      <p>
        <button type="button" className="nx-link" onClick={onClose}>
          {trans.__('Close')}
        </button>
      </p>
    </section>
  );
}

function Note({ book, row, resource }: OfStudent) {
  const { model, trans } = useNexus();
  const [note, setNote] = useState(row.note);
  const change = useReloading(useCallback(() => resource.reload(), [resource]));
  const save = (event: FormEvent) => {
    event.preventDefault();
    void change.run(() =>
      model.api.put(routes.gradebookNote(book.roadmap, row.user_id), { note: note.trim() })
    );
  };
  return (
    <form onSubmit={save} className="nx-settings-form">
      <label>
        {trans.__('Note, for those who teach')}
        <textarea
          className="nx-text"
          rows={2}
          maxLength={2000}
          value={note}
          onChange={event => setNote(event.target.value)}
        />
      </label>
      <p className="nx-settings-foot">
        <button type="submit" className="nx-button" disabled={change.busy || note.trim() === row.note}>
          {trans.__('Save the note')}
        </button>
        <InlineProblem text={change.problem} />
      </p>
    </form>
  );
}

/** Gives a score in place of the earned one, and shows those that were given. */
function GiveScore({ book, row, resource }: OfStudent) {
  const { model, trans } = useNexus();
  const [nodeId, setNodeId] = useState(book.nodes[0]?.id ?? '');
  const [score, setScore] = useState('');
  const history = useFetched(nodeId, () => model.api.get(routes.stepMarks(nodeId, row.user_id)));
  const cell = row.cells.find(({ node_id }) => node_id === nodeId);
  const give = useAction(
    useCallback(
      async (share: number | null) => {
        await model.api.put(routes.stepMarks(nodeId, row.user_id), { share });
        setScore('');
        await Promise.all([history.reload(), resource.reload()]);
      },
      [history, model, nodeId, resource, row.user_id]
    )
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void give.run(Math.round(Number(score) * 100) / 10_000);
  };
  return (
    <form onSubmit={submit} className="nx-settings-form">
      <label>
        {trans.__('Step')}
        <select value={nodeId} onChange={event => setNodeId(event.target.value)}>
          {book.nodes.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <TextField
        label={trans.__('Score in percent, in place of what was earned')}
        type="number"
        min={0}
        max={100}
        step="0.01"
        required
        value={score}
        onChange={setScore}
      />
      <p className="nx-settings-foot">
        <button type="submit" className="nx-button" disabled={give.busy || score === ''}>
          {trans.__('Give this score')}
        </button>
        {cell?.is_marked && (
          <button type="button" className="nx-link" disabled={give.busy} onClick={() => void give.run(null)}>
            {trans.__('Let the earned score count again')}
          </button>
        )}
        <InlineProblem text={give.problem} />
      </p>
      <Loaded resource={history} lines={1}>
        {({ items }) => (
          <ul>
            {items.map(mark => (
              <li key={mark.given_at}>
                {mark.share === null ? trans.__('the earned score') : percent(mark.share)} ·{' '}
                {mark.given_by ?? trans.__('somebody who left')} ·{' '}
                {mark.origin === 'csv' ? trans.__('from a file') : trans.__('on this page')} ·{' '}
                {moment(mark.given_at)}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </form>
  );
}
