import type { NotebookPanel } from '@jupyterlab/notebook';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { useNexus } from '../components/context';
import { bulbIcon } from '../icons';
import { HintCards } from '../lab/HintCards';
import type { LabSession } from '../lab/session';
import type { CellRuns } from '../notebook/cell-runs';

interface Props {
  panel: NotebookPanel;
  session: LabSession;
  runs: CellRuns;
}

/** Below the cell that ended with an error: the way to a hint, and the hints. */
export function CellHelp({ panel, session, runs }: Props) {
  const place = useFailingPlace(panel, session, runs);
  return place ? createPortal(<Help session={session} place={place} />, place) : null;
}

function Help({ session, place }: { session: LabSession; place: HTMLElement }) {
  const { trans } = useNexus();
  const { hints, first, asking, draft, latest, problem } = useSyncExternalStore(
    session.subscribe,
    session.snapshot
  );
  const isShown = hints.length > 0 || first !== null || draft !== null;
  useEffect(() => {
    if (latest === 'hint' && isShown) {
      place.scrollIntoView({ block: 'nearest' });
    }
  }, [latest, isShown, place]);
  if (isShown) {
    return <HintCards session={session} />;
  }
  return (
    <p>
      <button type="button" className="nx-button" disabled={asking} onClick={() => void session.hints.ask()}>
        <bulbIcon.react tag="span" /> {asking ? trans.__('Thinking…') : trans.__('Give me a hint')}
      </button>
      {latest === 'hint' && problem && <span className="nx-inline-problem"> {problem}</span>}
    </p>
  );
}

/** An element at the end of the cell that needs help; null while none does. */
function useFailingPlace(
  { content }: NotebookPanel,
  session: LabSession,
  runs: CellRuns
): HTMLElement | null {
  const { states } = useSyncExternalStore(runs.subscribe, runs.snapshot);
  const { hints } = useSyncExternalStore(session.subscribe, session.snapshot);
  const [node, setNode] = useState<HTMLElement | null>(null);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run or another hint may be about another cell
  useEffect(() => {
    const index = session.hints.hintedCell();
    setNode(index === null ? null : (content.widgets[index]?.node ?? null));
  }, [content, session, states, hints]);
  useEffect(() => {
    const made = document.createElement('div');
    made.className = 'nx-root nx-cell-help';
    node?.append(made);
    setPlace(node && made);
    return () => made.remove();
  }, [node]);
  return place;
}
