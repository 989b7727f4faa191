import { type FormEvent, useCallback, useState } from 'react';
import type { Disagreement, Disagreements } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Markdown } from '../components/Markdown';
import { points } from '../format';
import { inWords } from '../lab/checks';
import type { Resource } from '../model/resource';
import { TextField } from '../teaching/fields';

const LOOK_AGAIN_MS = 5_000;

interface OfLab {
  cohortId: string;
  nodeId: string;
}

/** What two people marked differently, for who settles it. */
export function SecondMarks({ cohortId, nodeId }: OfLab) {
  const { model, trans } = useNexus();
  const resource = useFetched(`${cohortId}/${nodeId}`, () =>
    model.api.get(routes.markingDifferences(cohortId, nodeId))
  );
  useEvery(LOOK_AGAIN_MS, true, () => void resource.reload());
  return (
    <section aria-label={trans.__('Marked differently')}>
      <h3>{trans.__('Marked differently')}</h3>
      <Loaded
        resource={resource}
        lines={2}
        empty={{
          when: ({ items }) => items.length === 0,
          text: trans.__('No two marks of an answer differ.')
        }}
      >
        {({ items }) => (
          <ul className="nx-plain-list">
            {items.map(item => (
              <li key={item.answer_id} className="nx-card">
                <Difference item={item} cohortId={cohortId} nodeId={nodeId} resource={resource} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Difference({
  item,
  cohortId,
  nodeId,
  resource
}: OfLab & { item: Disagreement; resource: Resource<Disagreements> }) {
  const { model, trans } = useNexus();
  const [given, setGiven] = useState('');
  const [comment, setComment] = useState('');
  const settle = useAction(
    useCallback(async () => {
      const final = { points: Number(given), comment: comment.trim() || null };
      resource.set(await model.api.post(routes.settledMark(cohortId, nodeId, item.answer_id), final));
    }, [cohortId, comment, given, item.answer_id, model, nodeId, resource])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void settle.run();
  };
  return (
    <form onSubmit={submit}>
      <strong>{inWords(item.grade_id)}</strong>
      {item.is_code ? (
        <pre className="nx-code">{item.text}</pre>
      ) : (
        <div className="nx-cell-text">
          <Markdown text={item.text} />
        </div>
      )}
      <ul className="nx-plain-list">
        {item.marks.map(mark => (
          <li key={`${mark.marked_by}/${mark.points}`}>
            <strong>{trans.__('%1 of %2', points(mark.points), points(item.max_points))}</strong>{' '}
            {mark.marked_by ?? trans.__('somebody whose account is gone')}
            {mark.rubric.length > 0 && (
              <span className="nx-muted"> {mark.rubric.map(({ text }) => text).join(' · ')}</span>
            )}
            {mark.comment && <p className="nx-result-message nx-comment">{mark.comment}</p>}
          </li>
        ))}
      </ul>
      <div className="nx-filter">
        <TextField
          label={trans.__('Final points')}
          type="number"
          min={0}
          max={item.max_points}
          step="any"
          value={given}
          onChange={setGiven}
        />
        <input
          className="nx-text"
          maxLength={5000}
          aria-label={trans.__('Comment for the student')}
          placeholder={trans.__('Comment for the student')}
          value={comment}
          onChange={event => setComment(event.target.value)}
        />
        <button type="submit" className="nx-button" disabled={settle.busy || given.trim() === ''}>
          {trans.__('Give the final mark')}
        </button>
        <InlineProblem text={settle.problem} />
      </div>
    </form>
  );
}
