import { useCallback } from 'react';
import type { GradingQueue, QueuedSubmission } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { LookAgain } from './LookAgain';
import { Moment, Table } from './Table';

/** What waits to be graded, what is being graded, and what could not be. */
export function QueueTab() {
  const { model, trans } = useNexus();
  const resource = useFetched('', () => model.api.get(routes.gradingQueue));
  return (
    <section>
      <Loaded resource={resource} lines={4}>
        {queue => (
          <>
            <LookAgain resource={resource}>
              <span>
                {trans.__('%1 waiting, %2 running, %3 failed', queue.queued, queue.running, queue.failed)}
              </span>
            </LookAgain>
            <Waiting queue={queue} />
            <Failures queue={queue} changed={() => resource.reload()} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Waiting({ queue }: { queue: GradingQueue }) {
  const { trans } = useNexus();
  if (queue.waiting.length === 0) {
    return <p className="nx-empty">{trans.__('Nothing waits.')}</p>;
  }
  return (
    <Table
      label={trans.__('Waiting and running')}
      heads={[
        trans.__('Student'),
        trans.__('Lab'),
        trans.__('Received'),
        trans.__('State'),
        trans.__('Outages'),
        trans.__('Worker')
      ]}
      items={queue.waiting}
      keyOf={({ id }) => id}
      cells={one => [
        one.display_name,
        labOf(one),
        <Moment key="at" at={one.received_at} />,
        one.status === 'running' ? trans.__('running') : trans.__('waiting'),
        one.failures,
        one.claimed_by ?? '–'
      ]}
    />
  );
}

function Failures({ queue, changed }: { queue: GradingQueue; changed: () => Promise<void> }) {
  const { trans } = useNexus();
  if (queue.failures.length === 0) {
    return null;
  }
  return (
    <>
      <h2>{trans.__('Could not be graded')}</h2>
      <p className="nx-muted">
        {trans.__('None of these counts as an attempt. Mend the reason, then grade again.')}
      </p>
      <Table
        label={trans.__('Could not be graded')}
        heads={[
          trans.__('Student'),
          trans.__('Lab'),
          trans.__('Received'),
          trans.__('Reason'),
          trans.__('Change')
        ]}
        items={queue.failures}
        keyOf={({ id }) => id}
        cells={one => [
          one.display_name,
          labOf(one),
          <Moment key="at" at={one.received_at} />,
          one.reason ?? '–',
          <GradeAgain key="again" submission={one} changed={changed} />
        ]}
      />
    </>
  );
}

function labOf({ roadmap_title, title }: QueuedSubmission): string {
  return `${roadmap_title}: ${title}`;
}

function GradeAgain(props: { submission: QueuedSubmission; changed: () => Promise<void> }) {
  const { submission, changed } = props;
  const { model, trans } = useNexus();
  const again = useAction(
    useCallback(async () => {
      await model.api.post(routes.regrade(submission.id));
      await changed();
    }, [changed, model, submission.id])
  );
  return (
    <>
      <button
        type="button"
        className="nx-link"
        aria-label={trans.__('Grade the submission of %1 again', submission.display_name)}
        disabled={again.busy}
        onClick={() => void again.run()}
      >
        {trans.__('Grade again')}
      </button>
      <InlineProblem text={again.problem} />
    </>
  );
}
