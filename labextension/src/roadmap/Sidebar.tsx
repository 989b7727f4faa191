import { useSyncExternalStore } from 'react';
import type { Roadmap } from '../api/contract';
import { useNexus } from '../components/context';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { percent } from '../format';
import { nextIcon } from '../icons';
import { DifficultyTag } from './DifficultyTag';
import { RoadmapView } from './RoadmapView';

/** The left sidebar: all roadmaps, or one of them. */
export function Sidebar() {
  const { model, trans } = useNexus();
  const { shownRoadmap } = model;
  const { slug } = useSyncExternalStore(shownRoadmap.subscribe, shownRoadmap.snapshot);
  if (slug) {
    return <RoadmapView slug={slug} onBack={() => shownRoadmap.set({ slug: null })} />;
  }
  return (
    <nav className="nx-sidebar" aria-label={trans.__('Roadmaps')}>
      <h2 className="nx-sidebar-title">{trans.__('Roadmaps')}</h2>
      <Loaded
        resource={model.roadmaps}
        lines={4}
        empty={{ when: items => items.length === 0, text: trans.__('There are no roadmaps here yet.') }}
      >
        {items => (
          <ul className="nx-list">
            {items.map(roadmap => (
              <li key={roadmap.slug}>
                <RoadmapCard roadmap={roadmap} onOpen={() => shownRoadmap.set({ slug: roadmap.slug })} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </nav>
  );
}

export function RoadmapCard({ roadmap, onOpen }: { roadmap: Roadmap; onOpen: () => void }) {
  const { trans } = useNexus();
  return (
    <button type="button" className="nx-card nx-roadmap-card" onClick={onOpen}>
      <span className="nx-card-head">
        <span className="nx-card-title">{roadmap.title}</span>
        <nextIcon.react tag="span" className="nx-card-arrow" />
      </span>
      <span className="nx-card-text">{roadmap.description}</span>
      <span className="nx-card-foot">
        <DifficultyTag difficulty={roadmap.difficulty} />
        <span className="nx-muted">{percent(roadmap.completion)}</span>
      </span>
      <Meter share={roadmap.completion} label={trans.__('Completed')} />
    </button>
  );
}
