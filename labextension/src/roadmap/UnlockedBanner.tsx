import { useEffect, useRef } from 'react';
import type { NodeSummary, NodeType, RoadmapDetail, Unlocked } from '../api/contract';
import { useNexus } from '../components/context';
import { useResource } from '../components/hooks';
import { isMotionReduced } from '../display';
import { nextIcon } from '../icons';

interface Props {
  /** where the learner is */
  node: Pick<NodeSummary, 'id' | 'status'> & { roadmap_slug: string };
  /** what was unlocked just now */
  unlocked: Unlocked[];
}

/** Where to go next: what was unlocked just now, or, on a completed node, the next open one. */
export function UnlockedBanner({ node, unlocked }: Props) {
  const { host, model, trans } = useNexus();
  const { data: roadmap } = useResource(model.roadmap.get(node.roadmap_slug));
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (unlocked.length) {
      ref.current?.scrollIntoView({ block: 'center', behavior: calmly() });
      if (document.activeElement === document.body) {
        // the button that led here is gone, and the keyboard goes on from this one
        ref.current?.querySelector('button')?.focus({ preventScroll: true });
      }
    }
  }, [unlocked]);
  const next = unlocked[0] ?? (node.status === 'completed' && roadmap ? nextOpen(roadmap, node.id) : null);
  if (!next) {
    return null;
  }
  const words: Record<NodeType, string> = {
    video: trans.__('Watch it'),
    note: trans.__('Read it'),
    lab: trans.__('Open the lab')
  };
  return (
    <div ref={ref} className="nx-unlocked" role="status">
      <div>
        <strong>{unlocked.length ? trans.__('Next node unlocked') : trans.__('Up next')}</strong>
        <p>{next.title}</p>
      </div>
      <button
        type="button"
        className="nx-button"
        data-primary="true"
        onClick={() => void host.open({ page: 'node', id: next.id })}
      >
        {words[next.type]} <nextIcon.react tag="span" />
      </button>
    </div>
  );
}

/** How to scroll for whoever asked for less motion. */
function calmly(): ScrollBehavior {
  return isMotionReduced(document.documentElement) ? 'instant' : 'smooth';
}

/** The first open node after `id`, else the first open one at all. */
export function nextOpen(roadmap: RoadmapDetail, id: string | null): NodeSummary | null {
  const open = (node: NodeSummary) =>
    node.status !== 'locked' && node.status !== 'completed' && node.id !== id;
  const here = roadmap.nodes.findIndex(node => node.id === id);
  return roadmap.nodes.slice(here + 1).find(open) ?? roadmap.nodes.find(open) ?? null;
}
