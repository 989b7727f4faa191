import type { NotebookPanel } from '@jupyterlab/notebook';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { ApiError } from '../api/errors';
import { type Nexus, useNexus } from '../components/context';
import { Problem, Skeleton } from '../components/Loaded';
import { LAB_METADATA, nodeOfMetadata } from '../lab/book';
import { ExamStart } from '../lab/ExamClock';
import { LabPanel } from '../lab/LabPanel';
import { labNotebook } from '../lab/notebook';
import { fromTheTopWord } from '../lab/run-words';
import { fromTheTop } from '../lab/runs';
import { LabSession } from '../lab/session';
import { Observable } from '../model/observable';
import { CellRuns } from '../notebook/cell-runs';
import { showGrades } from '../notebook/grades';
import { KernelVariables } from '../notebook/kernel-variables';
import { showRuns } from '../notebook/run-lines';
import { CellHelp } from './CellHelp';
import { LabBar } from './LabBar';
import type { StartedLab } from './lab-starts';
import { LabStatus } from './lab-status';
import { workbenchFor } from './open-workbench';
import { Variables } from './Variables';
import { dialogs, translator, type Workbench } from './workbench';

interface OpenLab {
  panel: NotebookPanel;
  session: LabSession | null;
  status: LabStatus;
  runs: CellRuns;
  variables: KernelVariables;
}

/** A lab: the notebook, and beside it what is asked, the tests, the hints and the grade. */
export function LabPage({ start, nodeId }: { start: () => Promise<StartedLab>; nodeId: string | null }) {
  const { trans } = useNexus();
  const { lab, problem, retry } = useOpenLab(start, nodeId);
  const [part, setPart] = useState<'notebook' | 'help'>('notebook');
  if (nodeId !== null && problem instanceof ApiError && problem.code === 'exam_not_started') {
    return (
      <div className="nx-page-body">
        <ExamStart nodeId={nodeId} onStarted={retry} />
      </div>
    );
  }
  if (problem !== null) {
    return (
      <div className="nx-page-body">
        <Problem error={problem} retry={retry} />
      </div>
    );
  }
  if (!lab) {
    return (
      <div className="nx-page-body">
        <Skeleton lines={8} />
      </div>
    );
  }
  return (
    <div className="nx-lab-page" data-part={part}>
      <LabBar {...lab} />
      <div className="nx-lab-parts">
        <NotebookPlace panel={lab.panel} />
        {lab.session && (
          <aside className="nx-lab-help" aria-label={trans.__('Task, checks and grade')}>
            <HelpOf session={lab.session} />
            <FromTheTop runs={lab.runs} />
            <Variables variables={lab.variables} />
          </aside>
        )}
        {lab.session && <CellHelp panel={lab.panel} session={lab.session} runs={lab.runs} />}
      </div>
      <div className="nx-lab-tabs">
        <PartButton part="notebook" shown={part} show={setPart} label={trans.__('Notebook')} />
        <PartButton part="help" shown={part} show={setPart} label={trans.__('Check and submit')} />
      </div>
    </div>
  );
}

type Part = 'notebook' | 'help';

function PartButton(props: { part: Part; shown: Part; show: (part: Part) => void; label: string }) {
  const { part, shown, show, label } = props;
  return (
    <button type="button" className="nx-button" aria-pressed={part === shown} onClick={() => show(part)}>
      {label}
    </button>
  );
}

function HelpOf({ session }: { session: LabSession }) {
  const [current] = useState(() => new Observable<{ session: LabSession | null }>({ session }));
  return <LabPanel current={current} showsHints={false} />;
}

/** Whether the notebook would run from the top, before it is handed in. */
function FromTheTop({ runs }: { runs: CellRuns }) {
  const { trans } = useNexus();
  const { states } = useSyncExternalStore(runs.subscribe, runs.snapshot);
  return <p className="nx-from-the-top">{fromTheTopWord(fromTheTop([...states.values()]), trans)}</p>;
}

/** Opens a lab once, and puts it away when its page is left. */
function useOpenLab(start: () => Promise<StartedLab>, nodeId: string | null) {
  const nexus = useNexus();
  const workbench = workbenchFor(nexus);
  const [lab, setLab] = useState<OpenLab | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try opens it again
  useEffect(() => {
    let isLeft = false;
    const opening = open(workbench, start, nodeId, nexus);
    opening.then(
      opened => !isLeft && setLab(opened),
      (error: unknown) => !isLeft && setProblem(error)
    );
    return () => {
      isLeft = true;
      opening.then(
        ({ panel, session }) => {
          session?.dispose();
          return workbench.close(panel);
        },
        () => undefined
      );
    };
  }, [workbench, start, nodeId, nexus, tries]);
  const retry = useCallback(() => {
    setProblem(null);
    setTries(before => before + 1);
  }, []);
  return { lab, problem, retry };
}

async function open(
  workbench: Workbench,
  start: () => Promise<StartedLab>,
  nodeId: string | null,
  nexus: Nexus
): Promise<OpenLab> {
  const panel = await workbench.open(await start());
  const { model, trans } = nexus;
  const runs = new CellRuns(panel);
  showRuns(panel, runs, trans);
  const id = nodeOfMetadata(panel.model?.getMetadata(LAB_METADATA)) ?? nodeId;
  const session = id ? new LabSession(id, model, labNotebook(panel, dialogs, translator)) : null;
  if (session) {
    showGrades(panel, session, trans);
  }
  return { panel, session, status: new LabStatus(panel), runs, variables: new KernelVariables(panel) };
}

/** Where the notebook's widget lives; it measures itself, so it is told when its place changes. */
function NotebookPlace({ panel }: { panel: NotebookPanel }) {
  const place = useRef<HTMLDivElement>(null);
  // before React takes the place out of the document: a widget outside of it cannot be detached
  useLayoutEffect(() => {
    const host = place.current;
    if (!host) {
      return undefined;
    }
    Widget.attach(panel, host);
    const sizes = new ResizeObserver(() => MessageLoop.postMessage(panel, Widget.ResizeMessage.UnknownSize));
    sizes.observe(host);
    return () => {
      sizes.disconnect();
      if (panel.isAttached) {
        Widget.detach(panel);
      }
    };
  }, [panel]);
  return <div ref={place} className="nx-notebook-place" />;
}
