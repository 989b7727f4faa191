import type { Concept } from '../api/contract';
import { useNexus } from '../components/context';
import { useResource } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { NextForMe } from '../components/NextForMe';
import { Section } from '../profile/parts';
import { metByRoadmap, standingOf, standingWord } from './concept-words';

/** What I know, concept by concept, and what to do about it. */
export function Concepts() {
  const { model, trans } = useNexus();
  return (
    <>
      <NextForMe />
      <Section title={trans.__('What I know')}>
        <Loaded
          resource={model.concepts}
          lines={4}
          empty={{
            when: concepts => metByRoadmap(concepts).length === 0,
            text: trans.__(
              'After your first quiz or lab this shows what you know well, and what to look at again.'
            )
          }}
        >
          {concepts =>
            metByRoadmap(concepts).map(([slug, found]) => (
              <OfRoadmap key={slug} slug={slug} concepts={found} />
            ))
          }
        </Loaded>
      </Section>
    </>
  );
}

function OfRoadmap({ slug, concepts }: { slug: string; concepts: Concept[] }) {
  const { model, trans } = useNexus();
  const { data: roadmaps } = useResource(model.roadmaps);
  return (
    <>
      <h3>{roadmaps?.find(roadmap => roadmap.slug === slug)?.title ?? slug}</h3>
      <ul className="nx-concepts">
        {concepts.map(concept => {
          const standing = standingOf(concept);
          return (
            <li key={concept.id} data-standing={standing}>
              <span>{concept.title}</span>
              <span className="nx-muted">{standingWord(standing, trans)}</span>
              <Meter share={standing === 'new' ? 0 : concept.estimate} label={concept.title} />
            </li>
          );
        })}
      </ul>
    </>
  );
}
