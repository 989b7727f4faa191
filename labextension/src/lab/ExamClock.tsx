import { useCallback, useEffect, useRef, useState } from 'react';
import type { ExamOnLab, NodeDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { Resource } from '../model/resource';
import { examWords, leftWords } from './exam-words';
import type { LabSession } from './session';

/** seconds before the end at which the notebook is saved, so that all of it is handed in */
const SAVE_AHEAD_S = 8;
/** seconds after the end at which it is looked up what was handed in */
const LOOK_AFTER_S = 8;
/** seconds that are announced to who cannot see the clock */
const SAID = [600, 300, 60];

/** The time that is left in an exam. It saves the notebook just before the end. */
export function ExamClock({ exam, session }: { exam: ExamOnLab; session: LabSession }) {
  const { trans } = useNexus();
  const left = useSecondsLeft(exam);
  const isRunning = exam.access === 'open' && left !== null;
  const { node } = session;
  useOnce(isRunning && left <= SAVE_AHEAD_S, () => void session.save());
  useOnce(isRunning && left <= -LOOK_AFTER_S, () => void node.reload());
  const said = isRunning ? SAID.filter(seconds => left <= seconds).at(-1) : undefined;
  return (
    <div className="nx-note nx-note-info nx-exam-clock" data-short={isRunning && left <= 300}>
      {isRunning && (
        <strong role="timer" aria-live="off">
          {leftWords(Math.max(0, left), trans)}
        </strong>
      )}
      <p>{examWords(exam, trans)}</p>
      <span className="nx-sr" role="status">
        {said !== undefined && left !== null && left > 0 && leftWords(said, trans)}
      </span>
    </div>
  );
}

/** The time that is left, in the bar: on a phone the clock is behind the notebook. */
export function ExamLeft({ node }: { node: Resource<NodeDetail> }) {
  const exam = useResource(node).data?.lab?.exam;
  return exam?.started_at && exam.access === 'open' ? <Left exam={exam} /> : null;
}

function Left({ exam }: { exam: ExamOnLab }) {
  const { trans } = useNexus();
  const left = useSecondsLeft(exam);
  return left === null ? null : (
    <strong className="nx-exam-left" data-short={left <= 300}>
      {leftWords(Math.max(0, left), trans)}
    </strong>
  );
}

/** By the server's clock, as it was when the lab was read. */
function useSecondsLeft(exam: ExamOnLab): number | null {
  const [read, setRead] = useState({ exam, at: performance.now() });
  const [now, setNow] = useState(() => performance.now());
  if (read.exam !== exam) {
    setRead({ exam, at: performance.now() });
  }
  useEvery(1000, exam.access === 'open', () => setNow(performance.now()));
  return exam.seconds_left === null ? null : exam.seconds_left - Math.max(0, now - read.at) / 1000;
}

function useOnce(isTime: boolean, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (isTime) {
      latest.current();
    }
  }, [isTime]);
}

/** Where a timed exam begins. */
export function ExamStart({ nodeId, onStarted }: { nodeId: string; onStarted: () => void }) {
  const { model, trans, host } = useNexus();
  const { data: lab } = useResource(model.node.get(nodeId));
  const start = useAction(
    useCallback(async () => {
      const node = model.node.get(nodeId);
      await node.reload();
      const exam = node.data?.lab?.exam;
      const isWanted = await host.confirm({
        title: trans.__('Start the exam now?'),
        text: exam ? examWords(exam, trans) : '',
        no: trans.__('Not yet'),
        yes: trans.__('Start the exam')
      });
      if (isWanted) {
        await model.api.post(routes.exam(nodeId));
        await node.reload();
        onStarted();
      }
    }, [host, model, nodeId, onStarted, trans])
  );
  return (
    <section className="nx-exam-start" aria-label={trans.__('Exam')}>
      <h1>{lab?.title ?? trans.__('A timed exam')}</h1>
      <p>
        {lab?.lab?.exam
          ? examWords(lab.lab.exam, trans)
          : trans.__(
              'Once you start it your time runs, and cannot be stopped. When it is over, what you have is handed in.'
            )}
      </p>
      <p>
        <button
          type="button"
          className="nx-button"
          data-primary="true"
          disabled={start.busy}
          onClick={() => void start.run()}
        >
          {trans.__('Start the exam')}
        </button>
      </p>
      <InlineProblem text={start.problem} />
    </section>
  );
}
