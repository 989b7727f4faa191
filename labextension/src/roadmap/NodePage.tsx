import { type RefObject, useState } from 'react';
import type { NodeDetail, Unlocked } from '../api/contract';
import { useNexus } from '../components/context';
import { useAction, useResource } from '../components/hooks';
import { Problem, Skeleton } from '../components/Loaded';
import { percent } from '../format';
import { labIcon } from '../icons';
import { CompleteButton } from './CompleteButton';
import { DifficultyTag } from './DifficultyTag';
import { NoteText } from './NoteText';
import { QuizSection } from './QuizSection';
import { typeWord } from './RoadmapView';
import { StepLinks } from './StepLinks';
import { UnlockedBanner } from './UnlockedBanner';
import { useReadingPosition } from './useReadingPosition';
import { VideoPlayer } from './VideoPlayer';

/** A note, a video or the front page of a lab, in the main area. */
export function NodePage({ id, scroller }: { id: string; scroller: RefObject<HTMLElement> }) {
  const { model } = useNexus();
  const state = useResource(model.node.get(id));
  if (state.data) {
    return <NodeBody node={state.data} scroller={scroller} />;
  }
  return (
    <article className="nx-page-body">
      {state.status === 'failed' ? (
        <Problem error={state.error} retry={() => void model.node.get(id).reload()} />
      ) : (
        <Skeleton lines={8} />
      )}
    </article>
  );
}

function NodeBody({ node, scroller }: { node: NodeDetail; scroller: RefObject<HTMLElement> }) {
  const [unlocked, setUnlocked] = useState<Unlocked[]>([]);
  useReadingPosition(node, scroller);
  return (
    <article className="nx-page-body">
      <NodeHeader node={node} />
      {node.video && <VideoPlayer node={node} video={node.video} onUnlocked={setUnlocked} />}
      {node.content_html && <NoteText html={node.content_html} />}
      {node.type === 'lab' && <OpenLab node={node} />}
      {node.has_quiz && <QuizSection node={node} onUnlocked={setUnlocked} />}
      {node.type !== 'lab' && !node.has_quiz && <CompleteButton node={node} onUnlocked={setUnlocked} />}
      <UnlockedBanner node={node} unlocked={unlocked} />
      <StepLinks node={node} />
    </article>
  );
}

function NodeHeader({ node }: { node: NodeDetail }) {
  const { host, trans } = useNexus();
  return (
    <header className="nx-page-head">
      <button
        type="button"
        className="nx-link"
        onClick={() => void host.open({ page: 'roadmap', slug: node.roadmap_slug })}
      >
        {node.roadmap_title}
      </button>
      {!startsWithTitle(node) && <h1>{node.title}</h1>}
      <p className="nx-page-meta">
        <span className="nx-tag nx-type">{typeWord(node.type, trans)}</span>
        {node.difficulty && <DifficultyTag difficulty={node.difficulty} />}
        <span className="nx-muted">{trans.__('%1 XP', node.xp)}</span>
        {node.minutes !== null && <span className="nx-muted">{trans.__('about %1 min', node.minutes)}</span>}
        {node.score !== null && (
          <span className="nx-muted">{trans.__('best score %1', percent(node.score))}</span>
        )}
        {node.status === 'completed' && <span className="nx-tag nx-done">{trans.__('Completed')}</span>}
      </p>
    </header>
  );
}

function OpenLab({ node }: { node: NodeDetail }) {
  const { host, trans } = useNexus();
  const action = useAction(() => host.open({ page: 'node', id: node.id }));
  return (
    <p>
      <button
        type="button"
        className="nx-button"
        data-primary="true"
        disabled={action.busy}
        onClick={() => void action.run()}
      >
        <labIcon.react tag="span" /> {trans.__('Open the lab')}
      </button>
      {action.problem && <span className="nx-inline-problem"> {action.problem}</span>}
    </p>
  );
}

/** Whether the author's text begins with a heading of its own. */
function startsWithTitle(node: NodeDetail): boolean {
  return /^\s*<h1\b/.test(node.content_html);
}
