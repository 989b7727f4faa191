import type { ReactNode } from 'react';
import type { NodeSummary, Roadmap, RoadmapDetail } from '../api/contract';
import { useNexus } from '../components/context';
import { Loaded } from '../components/Loaded';
import { useTeaching } from './view';

/** Which roadmap it is about; `children` get it once it is there, with what chooses another one. */
export function OfRoadmap({ children }: { children: (roadmap: Roadmap, picker: ReactNode) => ReactNode }) {
  const { model, trans } = useNexus();
  const { view } = useTeaching();
  return (
    <Loaded
      resource={model.roadmaps}
      empty={{ when: items => items.length === 0, text: trans.__('There are no roadmaps here yet.') }}
    >
      {roadmaps => {
        const chosen = roadmaps.find(({ slug }) => slug === view.slug) ?? roadmaps[0];
        return children(chosen, <RoadmapSelect roadmap={chosen} roadmaps={roadmaps} />);
      }}
    </Loaded>
  );
}

/** A roadmap and a class, below what chooses them. */
export function OfRoadmapAndClass({
  more,
  children
}: {
  /** what else stands beside the choices */
  more?: (roadmap: Roadmap) => ReactNode;
  children: (roadmap: Roadmap) => ReactNode;
}) {
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <section>
          <div className="nx-filter">
            {picker}
            <CohortSelect />
            {more?.(roadmap)}
          </div>
          {children(roadmap)}
        </section>
      )}
    </OfRoadmap>
  );
}

/** The steps of a roadmap, as far as `wanted`; `chosen` is the one of the view, else the first. */
export function OfNode({
  slug,
  picker,
  wanted,
  children
}: {
  slug: string;
  /** what leads elsewhere when there is nothing here */
  picker: ReactNode;
  wanted: (node: NodeSummary) => boolean;
  children: (chosen: NodeSummary, nodes: NodeSummary[]) => ReactNode;
}) {
  const { model, trans } = useNexus();
  const { view } = useTeaching();
  const text = (
    <>
      {trans.__('This roadmap has nothing of that kind.')} {picker}
    </>
  );
  const kept = (roadmap: RoadmapDetail) => roadmap.nodes.filter(wanted);
  return (
    <Loaded resource={model.roadmap.get(slug)} empty={{ when: roadmap => kept(roadmap).length === 0, text }}>
      {roadmap => {
        const nodes = kept(roadmap);
        return children(nodes.find(({ id }) => id === view.nodeId) ?? nodes[0], nodes);
      }}
    </Loaded>
  );
}

/** Choose a roadmap and a lab of it; `children` are about that lab. */
export function OfChosenLab({ children }: { children: (lab: NodeSummary) => ReactNode }) {
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <OfNode slug={roadmap.slug} picker={picker} wanted={({ type }) => type === 'lab'}>
          {(lab, labs) => (
            <>
              <div className="nx-filter">
                {picker}
                <NodeSelect chosen={lab} nodes={labs} />
              </div>
              {children(lab)}
            </>
          )}
        </OfNode>
      )}
    </OfRoadmap>
  );
}

function RoadmapSelect({ roadmap, roadmaps }: { roadmap: Roadmap; roadmaps: Roadmap[] }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  return (
    <select
      aria-label={trans.__('Roadmap')}
      value={roadmap.slug}
      onChange={event => show({ slug: event.target.value, nodeId: '' })}
    >
      {roadmaps.map(({ slug, title }) => (
        <option key={slug} value={slug}>
          {title}
        </option>
      ))}
    </select>
  );
}

export function NodeSelect({ chosen, nodes }: { chosen: NodeSummary; nodes: NodeSummary[] }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  return (
    <select
      aria-label={trans.__('Step')}
      value={chosen.id}
      onChange={event => show({ nodeId: event.target.value })}
    >
      {nodes.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

export function CohortSelect() {
  const { trans } = useNexus();
  const { view, show } = useTeaching();
  return (
    <select
      aria-label={trans.__('Class')}
      value={view.cohortId}
      onChange={event => show({ cohortId: event.target.value })}
    >
      <option value="">{trans.__('All my students')}</option>
      <ClassOptions />
    </select>
  );
}

/** The classes that somebody teaches, to choose from; those in use are first. */
export function ClassOptions({ toValue = (id: string) => id }) {
  const { trans } = useNexus();
  return useTeaching().cohorts.map(({ id, name, archived_at }) => (
    <option key={id} value={toValue(id)}>
      {archived_at ? trans.__('%1 (archived)', name) : name}
    </option>
  ));
}
