import { useCallback } from 'react';
import type { NodeDetail, Unlocked } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { checkIcon } from '../icons';

interface Props {
  node: NodeDetail;
  onUnlocked: (unlocked: Unlocked[]) => void;
}

/** Marks a note or a video as done. */
export function CompleteButton({ node, onUnlocked }: Props) {
  const { model, trans } = useNexus();
  const complete = useCallback(async () => {
    const done = await model.api.post(routes.completeNode(node.id));
    onUnlocked(done.unlocked);
    await model.reloadProgress();
  }, [model, node.id, onUnlocked]);
  const action = useAction(complete);
  if (node.status === 'completed') {
    return (
      <p className="nx-completed" role="status">
        <checkIcon.react tag="span" /> {trans.__('You completed this.')}
      </p>
    );
  }
  return (
    <div className="nx-complete" aria-live="polite">
      <button
        type="button"
        className="nx-button"
        data-primary="true"
        disabled={action.busy}
        onClick={() => void action.run()}
      >
        <checkIcon.react tag="span" /> {trans.__('Mark as complete')}
      </button>
      {node.type === 'video' && (
        <span className="nx-muted">{trans.__('Points are for those who watch it.')}</span>
      )}
      {action.problem && <span className="nx-inline-problem">{action.problem}</span>}
    </div>
  );
}
