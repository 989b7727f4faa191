import type { NotebookPanel } from '@jupyterlab/notebook';
import { useCallback, useSyncExternalStore } from 'react';
import type { NodeDetail } from '../api/contract';
import { useNexus } from '../components/context';
import { useAction, useResource } from '../components/hooks';
import { Popover } from '../components/Popover';
import { timeOfDay } from '../format';
import { backIcon, nextIcon, videoIcon } from '../icons';
import { ExamLeft } from '../lab/ExamClock';
import type { LabSession } from '../lab/session';
import type { CellRuns } from '../notebook/cell-runs';
import { Allowance } from '../profile/Allowance';
import { neighboursOf } from '../roadmap/neighbours';
import type { LabStatus, LabStatusState } from './lab-status';
import { runCell, runCells } from './notebook-keys';
import { workbenchFor } from './open-workbench';
import { dialogs, translator } from './workbench';

interface Props {
  panel: NotebookPanel;
  session: LabSession | null;
  status: LabStatus;
  runs: CellRuns;
}

/** Above the notebook: where one is, *Run*, and how the kernel and the file are. */
export function LabBar({ panel, session, status, runs }: Props) {
  const nexus = useNexus();
  const { trans } = nexus;
  const state = useSyncExternalStore(status.subscribe, status.snapshot);
  const run = useAction(useCallback(() => runCell(panel, dialogs, translator), [panel]));
  const stop = useAction(useCallback(async () => panel.sessionContext.session?.kernel?.interrupt(), [panel]));
  return (
    <div className="nx-lab-bar">
      {session ? <Heading session={session} /> : <h1>{panel.title.label}</h1>}
      <button
        type="button"
        className="nx-button"
        title={trans.__('Run this cell (Shift+Enter)')}
        onClick={() => void run.run()}
      >
        <videoIcon.react tag="span" /> {trans.__('Run')}
      </button>
      {state.kernel === 'running' && (
        <button type="button" className="nx-button" onClick={() => void stop.run()}>
          {trans.__('Stop')}
        </button>
      )}
      <span className="nx-lab-status" role="status" data-kernel={state.kernel} data-saved={state.saved}>
        {kernelWord(state.kernel, trans)} · {savedWord(state, trans)}
      </span>
      {session && <ExamLeft node={session.node} />}
      <RerunStale panel={panel} runs={runs} />
      <button
        type="button"
        className="nx-button"
        aria-haspopup="dialog"
        onClick={() => void workbenchFor(nexus).showHistory(panel)}
      >
        {trans.__('History')}
      </button>
      <Popover label={trans.__('Limits')} buttonClass="nx-button" button={trans.__('Limits')}>
        {() => <Allowance />}
      </Popover>
      {session && <Neighbours session={session} />}
    </div>
  );
}

/** One button for everything whose result is out of date. */
function RerunStale({ panel, runs }: { panel: NotebookPanel; runs: CellRuns }) {
  const { trans } = useNexus();
  // the states say when to look again
  useSyncExternalStore(runs.subscribe, runs.snapshot);
  const stale = runs.stale();
  const rerun = useAction(
    useCallback(() => runCells(panel, runs.stale(), dialogs, translator), [panel, runs])
  );
  if (stale.length === 0) {
    return null;
  }
  return (
    <button type="button" className="nx-button" disabled={rerun.busy} onClick={() => void rerun.run()}>
      {trans._n('Rerun %1 cell that is out of date', 'Rerun %1 cells that are out of date', stale.length)}
    </button>
  );
}

function Heading({ session }: { session: LabSession }) {
  const { host } = useNexus();
  const { data: node } = useResource(session.node);
  if (!node) {
    return null;
  }
  return (
    <div className="nx-lab-heading">
      <button
        type="button"
        className="nx-link"
        onClick={() => void host.open({ page: 'roadmap', slug: node.roadmap_slug })}
      >
        {node.roadmap_title}
      </button>
      <h1>{node.title}</h1>
    </div>
  );
}

function Neighbours({ session }: { session: LabSession }) {
  const { data: node } = useResource(session.node);
  return node ? <NeighboursOf node={node} /> : null;
}

/** The steps before and after the lab, as small as the bar. */
function NeighboursOf({ node }: { node: NodeDetail }) {
  const { host, model, trans } = useNexus();
  const { data: roadmap } = useResource(model.roadmap.get(node.roadmap_slug));
  const { before, after } = neighboursOf(roadmap?.nodes ?? [], node.id);
  const steps = [
    { step: before, icon: backIcon, label: (title: string) => trans.__('Previous: %1', title) },
    { step: after, icon: nextIcon, label: (title: string) => trans.__('Next: %1', title) }
  ];
  return (
    <nav className="nx-lab-neighbours" aria-label={trans.__('Previous and next step')}>
      {steps.map(
        ({ step, icon, label }) =>
          step && (
            <button
              key={step.id}
              type="button"
              className="nx-icon-button"
              aria-label={label(step.title)}
              title={label(step.title)}
              disabled={step.status === 'locked'}
              onClick={() => void host.open({ page: 'node', id: step.id })}
            >
              <icon.react tag="span" />
            </button>
          )
      )}
    </nav>
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
      return savedAt === null ? trans.__('Everything is saved') : trans.__('Saved at %1', timeOfDay(savedAt));
  }
}
