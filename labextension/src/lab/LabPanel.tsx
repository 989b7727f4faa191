import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import type { NodeDetail, NodeLab } from '../api/contract';
import { useNexus } from '../components/context';
import { useAction, useResource } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { TutorStatus } from '../components/TutorStatus';
import { percent } from '../format';
import type { Observable } from '../model/observable';
import { UnlockedBanner } from '../roadmap/UnlockedBanner';
import { CheckList } from './CheckList';
import { ExamClock } from './ExamClock';
import { GroupNote } from './GroupNote';
import { HintCards } from './HintCards';
import { PracticeNote, Practise } from './PracticeCopy';
import { StuckForm } from './StuckForm';
import { SubmissionView } from './SubmissionView';
import type { LabSession } from './session';
import { isOpen, type LabPart, type LabState } from './state';
import { submitLab } from './submitting';
import { inWords } from './term-words';

interface Props {
  current: Observable<{ session: LabSession | null }>;
  /** whether hints are shown here, and not at their cell */
  showsHints?: boolean;
}

/** Beside the notebook: what is asked, what the tests say, the grade, the hints. */
export function LabPanel({ current, showsHints = true }: Props) {
  const { trans } = useNexus();
  const { session } = useSyncExternalStore(current.subscribe, current.snapshot);
  if (!session) {
    return (
      <div className="nx-lab">
        <p className="nx-empty">
          {trans.__('Open a lab from a roadmap: its tests, hints and grades show up here.')}
        </p>
      </div>
    );
  }
  return <LabBody key={session.nodeId} session={session} showsHints={showsHints} />;
}

function LabBody({ session, showsHints }: { session: LabSession; showsHints: boolean }) {
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const place = useLatestInView(state.latest, !state.checking && !state.asking && !state.sending);
  return (
    <div className="nx-lab">
      <Loaded resource={session.node} lines={2}>
        {node => (
          <>
            <LabHead node={node} />
            {node.lab?.exam?.started_at && <ExamClock exam={node.lab.exam} session={session} />}
            {node.lab?.group && !session.isCopy && <GroupNote group={node.lab.group} />}
            {session.isPractice ? <PracticeNote node={node} /> : session.isCopy && <CopyNote node={node} />}
            {node.lab?.new_version && !session.isCopy && <NewVersion session={session} />}
          </>
        )}
      </Loaded>
      {state.keptPath && <KeptWork path={state.keptPath} />}
      <LabButtons session={session} />
      <div aria-live="polite" className="nx-lab-live">
        {state.problem && <p className="nx-note nx-note-problem">{state.problem}</p>}
        {PARTS.filter(part => showsHints || part !== 'hint').map(part => (
          <div key={part} ref={place(part)}>
            <Part part={part} session={session} />
          </div>
        ))}
        {isFresh(state) && <HowTo session={session} />}
        <TutorStatus nodeId={session.nodeId} />
        <StuckForm session={session} />
      </div>
      {!session.isCopy && <Practise session={session} />}
      {!session.isCopy && <StartOver session={session} />}
    </div>
  );
}

/** Each part keeps its place; what came last is scrolled to. */
const PARTS: LabPart[] = ['grade', 'check', 'hint'];

function useLatestInView(
  latest: LabPart | null,
  done: boolean
): (part: LabPart) => (element: HTMLElement | null) => void {
  const elements = useRef(new Map<LabPart, HTMLElement | null>());
  useEffect(() => {
    if (latest && done) {
      elements.current.get(latest)?.scrollIntoView({ block: 'nearest' });
    }
  }, [latest, done]);
  return useCallback(part => element => void elements.current.set(part, element), []);
}

function Part({ part, session }: { part: LabPart; session: LabSession }) {
  const { checking, checks } = useSyncExternalStore(session.subscribe, session.snapshot);
  switch (part) {
    case 'hint':
      return <HintCards session={session} />;
    case 'grade':
      return (
        <>
          <SubmissionView session={session} />
          <Next session={session} />
        </>
      );
    case 'check':
      return <CheckList checking={checking} checks={checks} />;
  }
}

/** Nothing has happened in this lab yet. */
function isFresh(state: LabState): boolean {
  const isHinted = state.hints.length > 0 || state.first !== null;
  return !state.checks && !state.checking && !state.submission && !state.sending && !isHinted;
}

/** Hints are closed in most exams, and are not offered then. */
function useOffersHints(session: LabSession): boolean {
  const exam = useResource(session.node).data?.lab?.exam;
  return !(exam?.access === 'open' && exam.closed.includes('tutor'));
}

function HowTo({ session }: { session: LabSession }) {
  const { trans } = useNexus();
  const offersHints = useOffersHints(session);
  return (
    <ol className="nx-how-to">
      <li>{trans.__('Fill in the cells and run them with Shift+Enter.')}</li>
      <li>{trans.__('Check runs the whole notebook and shows what its tests say.')}</li>
      {offersHints && <li>{trans.__('An error you do not understand? Ask for a hint.')}</li>}
      {!session.isPractice && (
        <li>{trans.__('Submit when you are happy. More tests run then, on a fresh kernel.')}</li>
      )}
    </ol>
  );
}

function LabHead({ node }: { node: NodeDetail }) {
  const { trans } = useNexus();
  return (
    <div className="nx-lab-head">
      <h2>{node.title}</h2>
      <p className="nx-page-meta">
        <span className="nx-muted">{trans.__('%1 XP', node.xp)}</span>
        {node.score !== null && <span className="nx-muted">{trans.__('best %1', percent(node.score))}</span>}
        {node.lab && <Terms lab={node.lab} />}
        {node.status === 'completed' && <span className="nx-tag nx-done">{trans.__('Completed')}</span>}
      </p>
    </div>
  );
}

/** When the lab is due, and what an instructor changed for me or my class. */
function Terms({ lab }: { lab: NodeLab }) {
  const { trans } = useNexus();
  const changed = lab.changed_terms.map(({ term }) => term);
  const words = inWords(
    lab,
    lab.deadline && !changed.includes('deadline') ? ['deadline', ...changed] : changed,
    trans
  );
  const [first] = lab.changed_terms;
  return (
    <>
      {words.map(word => (
        <span key={word} className="nx-muted">
          {word}
        </span>
      ))}
      {first && (
        <span className="nx-tag">
          {first.by === 'class' ? trans.__('for %1', first.class_name) : trans.__('for you')}
        </span>
      )}
    </>
  );
}

/** The author changed the lab: offer the new release; the work at hand is kept beside it. */
function NewVersion({ session }: { session: LabSession }) {
  const { trans } = useNexus();
  const update = useAction(useCallback(() => session.takeNewVersion(), [session]));
  return (
    <div className="nx-note nx-note-info" role="status">
      <strong>{trans.__('There is a newer version of this lab.')}</strong>
      <p>{trans.__('Your notebook is kept beside it; nothing that you wrote is lost.')}</p>
      <button type="button" className="nx-button" disabled={update.busy} onClick={() => void update.run()}>
        {trans.__('Get the new version')}
      </button>
      {update.problem && <p className="nx-inline-problem">{update.problem}</p>}
    </div>
  );
}

/** Where the former work is, after a new version took its place. */
function KeptWork({ path }: { path: string }) {
  const { host, trans } = useNexus();
  return (
    <div className="nx-note nx-note-info" role="status">
      <strong>{trans.__('This is a fresh copy of the lab.')}</strong>
      <p>{trans.__('Your former notebook is kept as “%1”.', path.split('/').pop() ?? path)}</p>
      <button type="button" className="nx-button" onClick={() => void host.open({ page: 'notebook', path })}>
        {trans.__('Open my former notebook')}
      </button>
    </div>
  );
}

/** The lab as it was handed out; the work at hand is kept beside it. */
function StartOver({ session }: { session: LabSession }) {
  const { host, trans } = useNexus();
  const start = useAction(
    useCallback(async () => {
      const agrees = await host.confirm({
        title: trans.__('Start this lab over?'),
        text: trans.__('You get a fresh copy. What you wrote is kept beside it; grades and attempts stay.'),
        no: trans.__('Go on with mine'),
        yes: trans.__('Start over')
      });
      if (agrees) {
        await session.takeNewVersion();
      }
    }, [host, session, trans])
  );
  return (
    <p className="nx-lab-foot">
      <button type="button" className="nx-link" disabled={start.busy} onClick={() => void start.run()}>
        {trans.__('Start over…')}
      </button>
      {start.problem && <span className="nx-inline-problem">{start.problem}</span>}
    </p>
  );
}

/** A renamed or kept notebook is graded as it is, but new versions go to the lab's own file. */
function CopyNote({ node }: { node: NodeDetail }) {
  const { host, trans } = useNexus();
  return (
    <div className="nx-note nx-note-info">
      <p>{trans.__('This is a copy of the lab’s notebook. Submit hands in what you see here.')}</p>
      <button
        type="button"
        className="nx-button"
        onClick={() => void host.open({ page: 'node', id: node.id })}
      >
        {trans.__('Open the lab itself')}
      </button>
    </div>
  );
}

function LabButtons({ session }: { session: LabSession }) {
  const { host, trans } = useNexus();
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const waiting = state.sending || isOpen(state.submission);
  const offersHints = useOffersHints(session);
  return (
    <div className="nx-lab-buttons">
      <button
        type="button"
        className="nx-button"
        disabled={state.checking !== null}
        onClick={() => void session.check()}
      >
        {state.checking ? trans.__('Checking…') : trans.__('Check')}
      </button>
      {offersHints && (
        <button
          type="button"
          className="nx-button"
          disabled={state.asking}
          onClick={() => void session.hints.ask()}
        >
          {state.asking ? trans.__('Thinking…') : trans.__('Hint')}
        </button>
      )}
      {!session.isPractice && (
        <button
          type="button"
          className="nx-button"
          data-primary="true"
          disabled={waiting}
          onClick={() => void submitLab(session, host, trans)}
        >
          {state.held ? trans.__('Waiting…') : waiting ? trans.__('Grading…') : trans.__('Submit')}
        </button>
      )}
    </div>
  );
}

function Next({ session }: { session: LabSession }) {
  const { submission, unlocked } = useSyncExternalStore(session.subscribe, session.snapshot);
  const { data: node } = useResource(session.node);
  return node && submission?.status === 'graded' ? <UnlockedBanner node={node} unlocked={unlocked} /> : null;
}
