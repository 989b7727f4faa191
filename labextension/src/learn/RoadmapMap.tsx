import { type Edge, Handle, MarkerType, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { NodeSummary, RoadmapDetail } from '../api/contract';
import { useNexus } from '../components/context';
import { useResource } from '../components/hooks';
import { percent } from '../format';
import { checkIcon, labIcon, lockIcon, noteIcon, videoIcon } from '../icons';
import { stepToGoOn } from '../roadmap/going-on';
import { needsOf, placesOf } from '../roadmap/graph';
import { typeWord } from '../roadmap/RoadmapView';
import { requirementText } from '../roadmap/requirement';

const COLUMN_PX = 230;
const LAYER_PX = 104;
/** steps around the one to go on with that are shown first */
const AROUND = 3;

type StepNode = Node<{ step: NodeSummary; needs: string; open: (() => void) | null }, 'step'>;

const NODE_TYPES = { step: Step };

/**
 * The roadmap as a map: what needs what, what it is worth, what is open. It is for the eye and the mouse: the list beside it
 * has the same for keyboards and screen readers, which need not hear it twice.
 */
export function RoadmapMap({ slug }: { slug: string }) {
  const { model } = useNexus();
  const { data: roadmap } = useResource(model.roadmap.get(slug));
  return (
    <div className="nx-map" aria-hidden="true">
      {roadmap && roadmap.nodes.length > 0 && <Graph roadmap={roadmap} />}
    </div>
  );
}

function Graph({ roadmap }: { roadmap: RoadmapDetail }) {
  const { host, trans } = useNexus();
  const { nodes, edges } = useMemo(() => {
    const needs = needsOf(roadmap.nodes);
    const places = placesOf(roadmap.nodes, needs);
    return {
      nodes: roadmap.nodes.map((step, index): StepNode => {
        const { layer, column } = places[index];
        const isLocked = step.status === 'locked';
        return {
          id: step.slug,
          type: 'step',
          position: { x: column * COLUMN_PX, y: layer * LAYER_PX },
          data: {
            step,
            needs: isLocked ? requirementText(step.requires, roadmap.nodes, trans) : '',
            open: isLocked ? null : () => void host.open({ page: 'node', id: step.id })
          }
        };
      }),
      edges: needs.map(
        ({ from, to, isChoice }): Edge => ({
          id: `${from}→${to}`,
          source: from,
          target: to,
          type: 'smoothstep',
          markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--jp-border-color1)' },
          style: { strokeDasharray: isChoice ? '5 4' : undefined }
        })
      )
    };
  }, [host, roadmap, trans]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      zoomOnScroll={false}
      zoomOnDoubleClick={false}
      preventScrolling={false}
      minZoom={0.3}
      maxZoom={1.5}
      fitView
      fitViewOptions={{ nodes: firstShown(roadmap), maxZoom: 1, padding: 0.1 }}
      // its licence lets one; the documentation names it
      proOptions={{ hideAttribution: true }}
    />
  );
}

/** The step to go on with, and those around it. */
function firstShown({ nodes }: RoadmapDetail): { id: string }[] {
  const next = stepToGoOn(nodes);
  const place = Math.max(0, next ? nodes.findIndex(({ slug }) => slug === next.slug) : 0);
  const from = Math.max(0, Math.min(place - 1, nodes.length - AROUND - 1));
  return nodes.slice(from, from + AROUND + 1).map(({ slug }) => ({ id: slug }));
}

function Step({ data: { step, needs, open } }: NodeProps<StepNode>) {
  const { trans } = useNexus();
  const byType = { video: videoIcon, note: noteIcon, lab: labIcon }[step.type];
  const icon = step.status === 'completed' ? checkIcon : step.status === 'locked' ? lockIcon : byType;
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className="nx-map-step nopan"
        data-status={step.status}
        aria-disabled={open === null}
        title={needs || step.title}
        tabIndex={-1}
        onClick={() => open?.()}
      >
        <icon.react tag="span" />
        <span>
          <strong>{step.title}</strong>
          <span className="nx-map-meta">
            {typeWord(step.type, trans)} · {trans.__('%1 XP', step.xp)}
            {step.score !== null && ` · ${percent(step.score)}`}
          </span>
        </span>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}
