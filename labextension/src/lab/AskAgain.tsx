import { type FormEvent, useCallback, useState } from 'react';
import type { GradedCell, RegradeRequest, Submission } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { points } from '../format';

/** What a learner asked about each cell of a submission; `ask` asks once more. */
export function useRegradeRequests(submission: Submission) {
  const { model } = useNexus();
  const resource = useFetched(`${submission.id}/${submission.graded_at}`, () =>
    model.api.get(routes.ownRegradeRequests(submission.id)).then(({ items }) => items)
  );
  const { data } = useResource(resource);
  const ask = useCallback(
    async (grade_id: string, reason: string) => {
      await model.api.post(routes.ownRegradeRequests(submission.id), { grade_id, reason });
      await resource.reload();
    },
    [model, resource, submission.id]
  );
  return { requests: data ?? null, ask };
}

interface Props {
  cell: GradedCell;
  title: string;
  /** null while they are on their way */
  requests: RegradeRequest[] | null;
  ask: (gradeId: string, reason: string) => Promise<void>;
}

/** Ask for another look at a cell's points; or what came of it. */
export function AskAgain({ cell, title, requests, ask }: Props) {
  const { trans } = useNexus();
  const [isOpen, setIsOpen] = useState(false);
  const mine = requests?.filter(({ grade_id }) => grade_id === cell.grade_id) ?? [];
  const isAsked = mine.some(({ answer, new_points }) => answer === null || new_points === cell.points);
  const mayAsk = requests !== null && !isAsked && cell.status !== 'manual' && cell.points < cell.max_points;
  return (
    <>
      {mine.map(({ id, answer, points: before, new_points: after }) => (
        <p key={id} className="nx-result-message nx-comment">
          {answer === null
            ? trans.__('You asked for another look. A person will answer.')
            : trans.__('Your request was answered: %1', answer)}
          {after !== null && after !== before && ` (${points(before)} → ${points(after)})`}
        </p>
      ))}
      {mayAsk && !isOpen && (
        <button
          type="button"
          className="nx-link nx-ask-again"
          aria-label={trans.__('Ask for another look at %1', title)}
          onClick={() => setIsOpen(true)}
        >
          {trans.__('Ask for another look')}
        </button>
      )}
      {mayAsk && isOpen && (
        <AskForm title={title} ask={reason => ask(cell.grade_id, reason)} onClose={() => setIsOpen(false)} />
      )}
    </>
  );
}

function AskForm({
  title,
  ask,
  onClose
}: {
  title: string;
  ask: (reason: string) => Promise<void>;
  onClose: () => void;
}) {
  const { trans } = useNexus();
  const [reason, setReason] = useState('');
  const send = useAction(ask);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send.run(reason.trim());
  };
  return (
    <form onSubmit={submit} className="nx-ask-form">
      <textarea
        className="nx-text"
        rows={2}
        maxLength={2000}
        aria-label={trans.__('Why another look at %1 is worth it', title)}
        placeholder={trans.__('What was overlooked?')}
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
      <div className="nx-filter">
        <button type="submit" className="nx-button" disabled={send.busy || !reason.trim()}>
          {trans.__('Ask')}
        </button>
        <button type="button" className="nx-link" onClick={onClose}>
          {trans.__('Cancel')}
        </button>
        <InlineProblem text={send.problem} />
      </div>
    </form>
  );
}
