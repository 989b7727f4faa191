import type { User } from '../api/contract';
import { count, rankProgress } from '../format';
import { givenName } from '../given-names';
import { boltIcon, flameIcon } from '../icons';
import { Bell } from './Bell';
import { useNexus } from './context';
import { useResource } from './hooks';
import { Meter } from './Meter';
import { ProfileMenu } from './ProfileMenu';

/** XP, rank and streak, always in sight; the bell and the profile. */
export function TopBar() {
  const { host, model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  if (!me) {
    return null;
  }
  return (
    <div className="nx-topbar">
      <span
        className="nx-chip nx-chip-streak"
        data-lit={me.streak_count > 0}
        title={trans._n('%1 day in a row', '%1 days in a row', me.streak_count)}
      >
        <flameIcon.react tag="span" /> <span aria-hidden="true">{me.streak_count}</span>
        <span className="nx-sr">{trans._n('%1 day in a row', '%1 days in a row', me.streak_count)}</span>
      </span>
      {me.shows_xp && <Points me={me} />}
      <a className="nx-link nx-other" href={host.other.address}>
        {host.other.name}
      </a>
      <Bell />
      <ProfileMenu me={me} />
    </div>
  );
}

/** XP and rank: they lead to the leaderboard, or to one's own progress where there is none, and to the badges. */
function Points({ me }: { me: User }) {
  const { host, trans } = useNexus();
  const rankTitle = me.next_rank
    ? trans.__(
        '%1 XP to %2',
        count(Math.max(0, me.next_rank.from_xp - me.xp)),
        givenName(me.next_rank.name, trans)
      )
    : trans.__('The highest rank');
  return (
    <>
      <button
        type="button"
        className="nx-chip nx-chip-xp"
        title={me.shows_boards ? trans.__('Open the leaderboard') : trans.__('My progress')}
        onClick={() => void host.open({ page: me.shows_boards ? 'leaderboard' : 'progress' })}
      >
        <boltIcon.react tag="span" />
        <span key={me.xp} className="nx-bump" aria-live="polite">
          {trans.__('%1 XP', count(me.xp))}
        </span>
      </button>
      <button
        type="button"
        className="nx-chip nx-chip-rank"
        title={rankTitle}
        onClick={() => void host.open({ page: 'badges' })}
      >
        {givenName(me.rank, trans)}
        <Meter share={rankProgress(me.xp, 0, me.next_rank?.from_xp ?? null)} label={rankTitle} />
      </button>
    </>
  );
}
