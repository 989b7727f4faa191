import type { NotebookPanel } from '@jupyterlab/notebook';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Problem, Skeleton } from '../components/Loaded';
import { playIcon } from '../icons';
import { LAB_METADATA, nodeOfMetadata } from '../lab/book';
import { LabPanel } from '../lab/LabPanel';
import { labNotebook } from '../lab/notebook';
import { LabSession } from '../lab/session';
import { Observable } from '../model/observable';
import type { StartedLab } from './lab-starts';
import { LabStatus, type LabStatusState } from './lab-status';
import { runCell } from './notebook-keys';
import { workbenchFor } from './open-workbench';
import { dialogs, translator, type Workbench } from './workbench';

interface OpenLab {
  panel: NotebookPanel;
  session: LabSession | null;
  status: LabStatus;
}

/** A lab: the notebook, and beside it what is asked, the tests, the hints and the grade. */
export function LabPage({ start, nodeId }: { start: () => Promise<StartedLab>; nodeId: string | null }) {
  const { trans } = useNexus();
  const { lab, problem, retry } = useOpenLab(start, nodeId);
  const [part, setPart] = useState<'notebook' | 'help'>('notebook');
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
      <LabBar lab={lab} />
      <div className="nx-lab-parts">
        <NotebookPlace panel={lab.panel} />
        {lab.session && (
          <aside className="nx-lab-help" aria-label={trans.__('Task, checks and grade')}>
            <HelpOf session={lab.session} />
          </aside>
        )}
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
  return <LabPanel current={current} />;
}

/** Opens a lab once, and puts it away when its page is left. */
function useOpenLab(start: () => Promise<StartedLab>, nodeId: string | null) {
  const nexus = useNexus();
  const { model } = nexus;
  const workbench = workbenchFor(nexus);
  const [lab, setLab] = useState<OpenLab | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try opens it again
  useEffect(() => {
    let isLeft = false;
    const opening = open(workbench, start, nodeId, model);
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
  }, [workbench, start, nodeId, model, tries]);
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
  model: ReturnType<typeof useNexus>['model']
): Promise<OpenLab> {
  const { path, kernelName, session: asked } = await start();
  const panel = await workbench.open(path, kernelName, asked);
  const id = nodeOfMetadata(panel.model?.getMetadata(LAB_METADATA)) ?? nodeId;
  const session = id ? new LabSession(id, model, labNotebook(panel, dialogs, translator)) : null;
  return { panel, session, status: new LabStatus(panel) };
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

function LabBar({ lab: { panel, status } }: { lab: OpenLab }) {
  const { trans } = useNexus();
  const state = useSyncExternalStore(status.subscribe, status.snapshot);
  const run = useAction(useCallback(() => runCell(panel, dialogs, translator), [panel]));
  const stop = useAction(useCallback(async () => panel.sessionContext.session?.kernel?.interrupt(), [panel]));
  return (
    <div className="nx-lab-bar">
      <button
        type="button"
        className="nx-button"
        title={trans.__('Run this cell (Shift+Enter)')}
        onClick={() => void run.run()}
      >
        <playIcon.react tag="span" /> {trans.__('Run')}
      </button>
      {state.kernel === 'running' && (
        <button type="button" className="nx-button" onClick={() => void stop.run()}>
          {trans.__('Stop')}
        </button>
      )}
      <span className="nx-lab-status" role="status" data-kernel={state.kernel} data-saved={state.saved}>
        {kernelWord(state.kernel, trans)} · {savedWord(state, trans)}
      </span>
    </div>
  );
}

type Words = ReturnType<typeof useNexus>['trans'];

function kernelWord(kernel: LabStatusState['kernel'], trans: Words): string {
  switch (kernel) {
    case 'starting':
      return trans.__('Python is starting…');
    case 'ready':
      return trans.__('Ready to run');
    case 'running':
      return trans.__('Running…');
    case 'gone':
      return trans.__('Not running');
  }
}

function savedWord({ saved, savedAt }: LabStatusState, trans: Words): string {
  switch (saved) {
    case 'saving':
      return trans.__('Saving…');
    case 'typed':
      return trans.__('Not saved yet');
    case 'failed':
      return trans.__('Saving failed; this browser keeps what you typed');
    case 'saved':
      return savedAt === null
        ? trans.__('Everything is saved')
        : trans.__('Saved at %1', new Date(savedAt).toLocaleTimeString());
  }
}
