import { type ReactNode, useState, useSyncExternalStore } from 'react';
import type { GradedCell, Submission, Time } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useEvery, useResource } from '../components/hooks';
import { ago, percent, points } from '../format';
import { trophyIcon } from '../icons';
import { signed } from '../marking/words';
import { AskAgain, useRegradeRequests } from './AskAgain';
import { ResultMark } from './CheckList';
import { titleOfGraded } from './checks';
import { cellWord } from './grade-words';
import type { LabSession } from './session';
import { isOpen } from './state';

/** The last submission: where it stands in the queue, then its grade cell by cell. */
export function SubmissionView({ session }: { session: LabSession }) {
  const { trans } = useNexus();
  const { sending, held, submission } = useSyncExternalStore(session.subscribe, session.snapshot);
  if (sending && !isOpen(submission)) {
    const text = held
      ? trans.__('You are offline. Your notebook is handed in as soon as the server can be reached.')
      : trans.__('Sending your notebook…');
    return <Waiting text={text} />;
  }
  if (!submission) {
    return null;
  }
  if (isOpen(submission)) {
    return <Waiting text={waitingText(submission, trans)} since={submission.received_at} />;
  }
  if (submission.is_held) {
    return (
      <section className="nx-lab-section" aria-label={trans.__('Grade')}>
        <p role="status">
          {trans.__('Received. The results of this exam are shown when your instructor releases them.')}
        </p>
      </section>
    );
  }
  return (
    <section className="nx-lab-section" aria-label={trans.__('Grade')}>
      {submission.status === 'failed' ? (
        <Failed reason={submission.reason} />
      ) : (
        <Grade session={session} submission={submission} />
      )}
      <History session={session} />
    </section>
  );
}

function Waiting({ text, since }: { text: string; since?: Time }) {
  const { trans } = useNexus();
  const [now, setNow] = useState(Date.now);
  useEvery(1000, since !== undefined, () => setNow(Date.now()));
  const seconds = since === undefined ? 0 : Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  return (
    <section className="nx-lab-section nx-waiting" role="status">
      <span className="nx-spinner" aria-hidden="true" />
      <span>
        {text}
        {seconds > 2 && <span aria-hidden="true"> {trans.__('%1 s so far.', seconds)}</span>}
        {seconds > 20 && (
          <span>
            {' '}
            {trans.__('A cell that does not end is stopped after a while; you can go on working.')}
          </span>
        )}
      </span>
    </section>
  );
}

function waitingText(submission: Submission, trans: ReturnType<typeof useNexus>['trans']): string {
  if (submission.status === 'running') {
    return trans.__('Your notebook is being graded in a fresh kernel…');
  }
  const position = submission.queue_position;
  return position !== null && position > 0
    ? trans.__('Received. Number %1 in the queue…', position)
    : trans.__('Received. Grading starts in a moment…');
}

function Failed({ reason }: { reason: string | null }) {
  const { trans } = useNexus();
  return (
    <div className="nx-note nx-note-problem">
      <strong>{trans.__('Grading did not work')}</strong>
      {reason && <p>{reason}</p>}
      <p>
        {trans.__(
          'Your notebook is safe with us. Submit it again; if this happens twice, tell your instructor.'
        )}
      </p>
    </div>
  );
}

function Grade({ session, submission }: { session: LabSession; submission: Submission }) {
  const { model, trans } = useNexus();
  const { score, max_score: max } = submission;
  const share = score !== null && max ? score / max : 0;
  const { requests, ask } = useRegradeRequests(submission);
  return (
    <>
      {share >= 1 && (
        <p className="nx-well-done">
          <trophyIcon.react tag="span" /> {trans.__('Well done: everything passes.')}
        </p>
      )}
      <div className="nx-grade" data-full={share >= 1}>
        <span className="nx-grade-score">
          {points(score ?? 0)}
          <span className="nx-grade-max">
            {' '}
            / {points(max ?? 0)} {trans.__('test points')}
          </span>
        </span>
        <span>
          {trans.__('Attempt %1', submission.attempt)}
          {submission.xp_awarded > 0 && <strong className="nx-xp"> +{submission.xp_awarded} XP</strong>}
          {submission.late_penalty > 0 && ` · ${trans.__('late: −%1', percent(submission.late_penalty))}`}
          {submission.needs_manual && <em> {trans.__('A person will grade the rest.')}</em>}
        </span>
      </div>
      <ul className="nx-results">
        {submission.cells.map(cell => {
          const title = titleOfGraded(session.cells(), cell.grade_id);
          return (
            <CellRow key={cell.grade_id} cell={cell} title={title}>
              <AskAgain cell={cell} title={title} requests={requests} ask={ask} />
            </CellRow>
          );
        })}
      </ul>
      <p>
        <a
          className="nx-link"
          href={model.api.url(routes.feedback(submission.id))}
          target="_blank"
          rel="noopener noreferrer"
        >
          {trans.__('Open the full feedback')}
        </a>
      </p>
    </>
  );
}

export function CellRow({
  cell,
  title,
  children
}: {
  cell: GradedCell;
  title: string;
  /** what can be done about it */
  children?: ReactNode;
}) {
  const { trans } = useNexus();
  const neutral = cell.status === 'manual' || cell.status === 'partial';
  return (
    <li className="nx-result" data-status={cell.status}>
      <ResultMark good={cell.status === 'passed'} bad={cell.status !== 'passed' && !neutral} />
      <span className="nx-result-title">{title}</span>
      <span className="nx-muted">
        {cellWord(cell.status, trans)} · {trans.__('%1 of %2', points(cell.points), points(cell.max_points))}
      </span>
      {cell.message && <p className="nx-result-message">{cell.message}</p>}
      <RubricLines cell={cell} />
      {cell.comment && <p className="nx-result-message nx-comment">{cell.comment}</p>}
      {children}
    </li>
  );
}

/** What of a rubric the points come from. */
function RubricLines({ cell }: { cell: GradedCell }) {
  return cell.rubric.length === 0 ? null : (
    <ul className="nx-result-message nx-comment">
      {cell.rubric.map(item => (
        <li key={item.id}>
          {item.text} ({signed(item.points)})
        </li>
      ))}
    </ul>
  );
}

function History({ session }: { session: LabSession }) {
  const { trans } = useNexus();
  const { data } = useResource(session.history);
  if (!data || data.length < 2) {
    return null;
  }
  return (
    <details className="nx-history">
      <summary>{trans.__('All %1 attempts', data.length)}</summary>
      <ul>
        {data.map(one => (
          <li key={one.id}>
            {trans.__('Attempt %1', one.attempt)}:{' '}
            {one.score === null ? one.status : `${points(one.score)} / ${points(one.max_score ?? 0)}`}{' '}
            <span className="nx-muted">{ago(one.received_at, new Date())}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
