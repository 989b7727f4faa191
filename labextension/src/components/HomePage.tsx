import { useEffect } from 'react';
import type { Roadmap, User } from '../api/contract';
import { count, rankProgress } from '../format';
import { givenName } from '../given-names';
import { boltIcon, flameIcon, nextIcon, trophyIcon } from '../icons';
import { roadmapToGoOn, stepToGoOn } from '../roadmap/going-on';
import { RoadmapCard } from '../roadmap/Sidebar';
import { useNexus } from './context';
import { Due } from './Due';
import { useResource } from './hooks';
import { BoardRows } from './LeaderboardPage';
import { Loaded } from './Loaded';
import { Meter } from './Meter';
import { NextForMe } from './NextForMe';

/** What a learner sees first: where to go on, how they stand, and what else there is. */
export function HomePage() {
  const { host, model, trans } = useNexus();
  return (
    <div className="nx-page-body nx-home">
      <Greeting />
      <Loaded
        resource={model.roadmaps}
        lines={3}
        empty={{ when: items => items.length === 0, text: trans.__('There are no roadmaps here yet.') }}
      >
        {roadmaps => (
          <>
            <GoOn roadmap={roadmapToGoOn(roadmaps) ?? roadmaps[0]} />
            <Due />
            <NextForMe />
            <h2>{trans.__('Roadmaps')}</h2>
            <div className="nx-grid">
              {roadmaps.map(roadmap => (
                <RoadmapCard
                  key={roadmap.slug}
                  roadmap={roadmap}
                  onOpen={() => void host.open({ page: 'roadmap', slug: roadmap.slug })}
                />
              ))}
            </div>
          </>
        )}
      </Loaded>
      <ThisWeek />
    </div>
  );
}

function Greeting() {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  if (!me) {
    return <h1>{trans.__('Welcome')}</h1>;
  }
  return (
    <div className="nx-greeting">
      <h1>{trans.__('Hello, %1', me.display_name)}</h1>
      <dl className="nx-stats">
        <div>
          <dt>
            <flameIcon.react tag="span" /> {trans.__('Streak')}
          </dt>
          <dd>{trans._n('%1 day', '%1 days', me.streak_count)}</dd>
        </div>
        {me.shows_xp && <Points me={me} />}
      </dl>
    </div>
  );
}

function Points({ me }: { me: User }) {
  const { trans } = useNexus();
  return (
    <>
      <div>
        <dt>
          <boltIcon.react tag="span" /> {trans.__('Experience')}
        </dt>
        <dd>{trans.__('%1 XP', count(me.xp))}</dd>
      </div>
      <div className="nx-stat-rank">
        <dt>{trans.__('Rank')}</dt>
        <dd>{givenName(me.rank, trans)}</dd>
        <dd className="nx-stat-way">
          <Meter
            share={rankProgress(me.xp, 0, me.next_rank?.from_xp ?? null)}
            label={trans.__('Way to the next rank')}
          />
          <p className="nx-muted">
            {me.next_rank
              ? trans.__(
                  '%1 XP to %2',
                  count(Math.max(0, me.next_rank.from_xp - me.xp)),
                  givenName(me.next_rank.name, trans)
                )
              : trans.__('The highest rank')}
          </p>
        </dd>
      </div>
    </>
  );
}

function GoOn({ roadmap }: { roadmap: Roadmap }) {
  const { host, model, trans } = useNexus();
  const { data } = useResource(model.roadmap.get(roadmap.slug));
  const next = data ? stepToGoOn(data.nodes) : null;
  const type = next?.type;
  useEffect(() => {
    if (type) {
      host.prepare?.(type);
    }
  }, [host, type]);
  if (!next) {
    return null;
  }
  return (
    <section className="nx-hero" aria-label={trans.__('Go on')}>
      <div>
        <p className="nx-hero-kicker">
          {roadmap.completion > 0 ? trans.__('Go on where you left off') : trans.__('Start here')}
        </p>
        <h2>{next.title}</h2>
        <p className="nx-hero-text">{roadmap.title}</p>
      </div>
      <button
        type="button"
        className="nx-button nx-hero-button"
        onClick={() => void host.open({ page: 'node', id: next.id })}
      >
        {roadmap.completion > 0 ? trans.__('Go on') : trans.__('Start')} <nextIcon.react tag="span" />
      </button>
    </section>
  );
}

function ThisWeek() {
  const { host, model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  if (me?.shows_boards === false) {
    return null;
  }
  return (
    <section className="nx-week">
      <h2 className="nx-section-head">
        {trans.__('This week')}
        <button type="button" className="nx-link" onClick={() => void host.open({ page: 'leaderboard' })}>
          <trophyIcon.react tag="span" /> {trans.__('Leaderboard')}
        </button>
      </h2>
      <Loaded
        resource={model.boardAroundMe.get('weekly_xp')}
        empty={{
          when: board => board.items.length === 0,
          text: trans.__('Nobody has earned XP this week. Be the first.')
        }}
      >
        {board => <BoardRows items={board.items} />}
      </Loaded>
    </section>
  );
}
