import { useCallback } from 'react';
import type { SubmissionDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useFetched, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { moment, percent, points } from '../format';
import { backIcon } from '../icons';
import { submissionWord } from '../lab/grade-words';
import { isOpen } from '../lab/state';
import type { Resource } from '../model/resource';
import { ManualScoring } from './ManualScoring';
import { NotebookView } from './NotebookView';

const LOOK_AGAIN_MS = 1_500;

/** One submission with its results, points by hand, every grade it was given, and its notebook. */
export function SubmissionPage({ id, onBack }: { id: string; onBack: () => void }) {
  const { model, trans } = useNexus();
  const resource = useFetched(id, () => model.api.get(routes.taughtSubmission(id)));
  const { data } = useResource(resource);
  useEvery(LOOK_AGAIN_MS, isOpen(data ?? null), () => void resource.reload());
  return (
    <section>
      <button type="button" className="nx-link nx-back" onClick={onBack}>
        <backIcon.react tag="span" /> {trans.__('All submissions')}
      </button>
      <Loaded resource={resource} lines={8}>
        {detail => <Detail detail={detail} resource={resource} />}
      </Loaded>
    </section>
  );
}

function Detail({ detail, resource }: { detail: SubmissionDetail; resource: Resource<SubmissionDetail> }) {
  const { trans } = useNexus();
  return (
    <>
      <Head detail={detail} reload={() => resource.reload()} />
      {detail.reason && <p className="nx-note nx-note-problem">{detail.reason}</p>}
      {detail.cells.length > 0 && (
        // a new grade brings new points to begin from
        <ManualScoring
          key={detail.graded_at}
          detail={detail}
          reload={async () => {
            await resource.reload();
          }}
        />
      )}
      <Grades detail={detail} />
      <details className="nx-disclosure">
        <summary>{trans.__('The whole notebook as it was handed in')}</summary>
        <NotebookView notebook={detail.notebook} />
      </details>
    </>
  );
}

function Head({ detail, reload }: { detail: SubmissionDetail; reload: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const { data: node } = useResource(model.node.get(detail.node_id));
  const regrade = useAction(
    useCallback(async () => {
      await model.api.post(routes.regrade(detail.id));
      await reload();
    }, [detail.id, model, reload])
  );
  const open = isOpen(detail);
  return (
    <header className="nx-submission-head">
      <div>
        <h2>
          {detail.display_name}
          {node && `: ${node.title}`}
        </h2>
        <p className="nx-page-meta">
          <span className="nx-tag nx-state" data-state={detail.needs_manual ? 'manual' : detail.status}>
            {detail.needs_manual ? trans.__('needs you') : submissionWord(detail.status, trans)}
          </span>
          <span className="nx-muted">{trans.__('attempt %1', detail.attempt)}</span>
          <span className="nx-muted">{trans.__('received %1', moment(detail.received_at))}</span>
          {detail.late_penalty > 0 && (
            <span className="nx-muted">{trans.__('late: −%1', percent(detail.late_penalty))}</span>
          )}
        </p>
      </div>
      <span className="nx-grade-score">
        {detail.score === null ? '–' : points(detail.score)}
        <span className="nx-grade-max"> / {points(detail.max_score ?? 0)}</span>
      </span>
      <div className="nx-filter">
        <button
          type="button"
          className="nx-button"
          disabled={open || regrade.busy}
          onClick={() => void regrade.run()}
        >
          {open ? trans.__('Being graded…') : trans.__('Grade again')}
        </button>
        {detail.graded_at && (
          <a
            className="nx-link"
            href={model.api.url(routes.taughtFeedback(detail.id))}
            target="_blank"
            rel="noopener noreferrer"
          >
            {trans.__('The feedback as the student sees it')}
          </a>
        )}
        <InlineProblem text={regrade.problem} />
      </div>
    </header>
  );
}

function Grades({ detail }: { detail: SubmissionDetail }) {
  const { trans } = useNexus();
  if (detail.grades.length === 0) {
    return null;
  }
  const words = {
    autograde: trans.__('graded by its tests'),
    regrade: trans.__('graded again'),
    manual: trans.__('points by hand')
  };
  return (
    <div>
      <h3>{trans.__('History of grades')}</h3>
      <ul className="nx-plain-list">
        {detail.grades.map(grade => (
          <li key={`${grade.graded_at}/${grade.origin}`}>
            <strong>
              {points(grade.score)} / {points(grade.max_score)}
            </strong>{' '}
            {words[grade.origin]} <span className="nx-muted">{moment(grade.graded_at)}</span>
            {grade.comment && <p className="nx-result-message nx-comment">{grade.comment}</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}
