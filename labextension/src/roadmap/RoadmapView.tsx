import { useState, useSyncExternalStore } from 'react';
import type { NodeStatus, NodeSummary, NodeType, RoadmapDetail } from '../api/contract';
import { useNexus } from '../components/context';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { percent } from '../format';
import { backIcon, checkIcon, labIcon, lockIcon, noteIcon, videoIcon } from '../icons';
import { DifficultyTag } from './DifficultyTag';
import { asksOnlyFor, requirementText } from './requirement';

interface Props {
  slug: string;
  onBack: () => void;
  /** whether the page is about nothing else */
  isPage?: boolean;
}

/** One roadmap: its nodes in order, with what is open, done and locked. */
export function RoadmapView({ slug, onBack, isPage = false }: Props) {
  const { model, trans } = useNexus();
  return (
    <nav className="nx-sidebar" aria-label={trans.__('Roadmap')}>
      <button type="button" className="nx-link nx-back" onClick={onBack}>
        <backIcon.react tag="span" /> {trans.__('All roadmaps')}
      </button>
      <Loaded resource={model.roadmap.get(slug)} lines={6}>
        {roadmap => <NodeList roadmap={roadmap} isPage={isPage} />}
      </Loaded>
    </nav>
  );
}

function NodeList({ roadmap, isPage }: { roadmap: RoadmapDetail; isPage: boolean }) {
  const { trans } = useNexus();
  const done = roadmap.nodes.filter(node => node.status === 'completed').length;
  const Title = isPage ? 'h1' : 'h2';
  return (
    <>
      <div className="nx-roadmap-head">
        <Title className="nx-sidebar-title">{roadmap.title}</Title>
        <p className="nx-card-text">{roadmap.description}</p>
        <p className="nx-card-foot">
          <DifficultyTag difficulty={roadmap.difficulty} />
          <span className="nx-muted">{trans.__('%1 of %2 done', done, roadmap.nodes.length)}</span>
        </p>
        <Meter share={roadmap.nodes.length ? done / roadmap.nodes.length : 0} label={trans.__('Completed')} />
      </div>
      {roadmap.nodes.length === 0 && <p className="nx-empty">{trans.__('This roadmap has no nodes yet.')}</p>}
      <ol className="nx-nodes">
        {roadmap.nodes.map((node, place) => (
          <NodeRow key={node.id} node={node} nodes={roadmap.nodes} before={roadmap.nodes[place - 1]} />
        ))}
      </ol>
    </>
  );
}

interface NodeRowProps {
  node: NodeSummary;
  nodes: NodeSummary[];
  before: NodeSummary | undefined;
}

function NodeRow({ node, nodes, before }: NodeRowProps) {
  const { host, model, trans } = useNexus();
  const focus = useSyncExternalStore(model.focus.subscribe, model.focus.snapshot);
  const locked = node.status === 'locked';
  const needs = locked ? requirementText(node.requires, nodes, trans) : '';
  // one after the other goes without saying, except for the first lock that a learner meets
  const [told, setTold] = useState(false);
  const isPlain = before?.status === 'locked' && asksOnlyFor(node.requires, before.slug);
  return (
    <li className="nx-node" data-status={node.status}>
      <button
        type="button"
        className="nx-node-button"
        aria-disabled={locked}
        aria-current={focus.nodeId === node.id ? 'page' : undefined}
        title={needs || node.title}
        onClick={() => (locked ? setTold(true) : void host.open({ page: 'node', id: node.id }))}
      >
        <StatusDot status={node.status} type={node.type} />
        <span className="nx-node-body">
          <span className="nx-node-title">{node.title}</span>
          <span className="nx-node-meta">
            {typeWord(node.type, trans)} · {trans.__('%1 XP', node.xp)}
            {node.score !== null && ` · ${percent(node.score)}`}
          </span>
          {needs && (
            <span className={isPlain && !told ? 'nx-sr' : 'nx-node-needs'} role={told ? 'status' : undefined}>
              {needs}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

function StatusDot({ status, type }: { status: NodeStatus; type: NodeType }) {
  const { trans } = useNexus();
  const words: Record<NodeStatus, string> = {
    locked: trans.__('Locked'),
    available: trans.__('Open'),
    in_progress: trans.__('In progress'),
    completed: trans.__('Completed')
  };
  const byType = { video: videoIcon, note: noteIcon, lab: labIcon }[type];
  const icon = status === 'completed' ? checkIcon : status === 'locked' ? lockIcon : byType;
  return (
    <span className="nx-dot" data-status={status}>
      <icon.react tag="span" />
      <span className="nx-sr">{words[status]}</span>
    </span>
  );
}

export function typeWord(type: NodeType, trans: { __: (text: string) => string }): string {
  return { video: trans.__('Video'), note: trans.__('Note'), lab: trans.__('Lab') }[type];
}
