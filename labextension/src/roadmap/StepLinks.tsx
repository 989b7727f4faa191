import type { NodeSummary } from '../api/contract';
import { useNexus } from '../components/context';
import { useResource } from '../components/hooks';
import { backIcon, nextIcon } from '../icons';
import { neighboursOf } from './neighbours';
import { requirementText } from './requirement';

interface Props {
  node: Pick<NodeSummary, 'id'> & { roadmap_slug: string };
}

/** The steps before and after this one; what is still locked says what opens it. */
export function StepLinks({ node }: Props) {
  const { model, trans } = useNexus();
  const { data: roadmap } = useResource(model.roadmap.get(node.roadmap_slug));
  if (!roadmap) {
    return null;
  }
  const { before, after } = neighboursOf(roadmap.nodes, node.id);
  return (
    <nav className="nx-step-links" aria-label={trans.__('Previous and next step')}>
      {before && <StepLink step={before} steps={roadmap.nodes} forward={false} />}
      {after && <StepLink step={after} steps={roadmap.nodes} forward={true} />}
    </nav>
  );
}

function StepLink({ step, steps, forward }: { step: NodeSummary; steps: NodeSummary[]; forward: boolean }) {
  const { host, trans } = useNexus();
  const locked = step.status === 'locked';
  const needs = locked ? requirementText(step.requires, steps, trans) : '';
  return (
    <button
      type="button"
      className="nx-step-link"
      data-forward={forward}
      aria-disabled={locked}
      onClick={() => !locked && void host.open({ page: 'node', id: step.id })}
    >
      {!forward && <backIcon.react tag="span" />}
      <span>
        <span className="nx-muted">{forward ? trans.__('Next') : trans.__('Previous')}</span>
        <span className="nx-step-title">{step.title}</span>
        {needs && <span className="nx-muted">{needs}</span>}
      </span>
      {forward && <nextIcon.react tag="span" />}
    </button>
  );
}
