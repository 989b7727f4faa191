import type { Activity, Badge, User } from '../api/contract';
import { useNexus } from '../components/context';
import { useResource } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { count } from '../format';
import { givenName } from '../given-names';
import { Section } from '../profile/parts';
import { ActivityCalendar } from './ActivityCalendar';
import { Concepts } from './Concepts';
import { WeeklyGoal } from './WeeklyGoal';
import { XpChart } from './XpChart';

/** badges on the way that are shown; all of them have a page of their own */
const NEAREST = 4;

/** What I did: my week, my XP, my days, and the badges that are near. */
export function ProgressPage() {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  return (
    <div className="nx-page-body">
      <h1>{trans.__('My progress')}</h1>
      <Concepts />
      <Loaded resource={model.activity} lines={8}>
        {activity => <History activity={activity} me={me} />}
      </Loaded>
      <Nearest />
    </div>
  );
}

function History({ activity, me }: { activity: Activity; me: User | undefined }) {
  const { trans } = useNexus();
  return (
    <>
      <Section title={trans.__('This week')}>
        <WeeklyGoal goal={activity.goal} />
      </Section>
      {me?.shows_xp !== false && (
        <Section title={trans.__('Experience')}>
          <XpChart activity={activity} />
        </Section>
      )}
      <Section title={trans.__('My days')}>
        <ActivityCalendar activity={activity} />
      </Section>
    </>
  );
}

/** Earned badges as pictures, and the ones that are nearest. */
function Nearest() {
  const { host, model, trans } = useNexus();
  return (
    <Section title={trans.__('Badges')}>
      <Loaded resource={model.badges} lines={3}>
        {badges => (
          <>
            <Earned badges={badges.filter(({ earned_at }) => earned_at !== null)} />
            <ul className="nx-nearest">
              {nearest(badges).map(badge => (
                <li key={badge.id}>
                  <img src={badge.icon_url} alt="" width="32" height="32" />
                  <span className="nx-nearest-text">
                    <strong>{givenName(badge.name, trans)}</strong> {badge.criteria}
                    <Meter share={shareOf(badge)} label={givenName(badge.name, trans)} />
                  </span>
                  <span className="nx-muted">
                    {trans.__('%1 of %2', count(badge.progress), count(badge.goal))}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <p>
        <button type="button" className="nx-link" onClick={() => void host.open({ page: 'badges' })}>
          {trans.__('All badges')}
        </button>
      </p>
    </Section>
  );
}

function Earned({ badges }: { badges: Badge[] }) {
  const { trans } = useNexus();
  return badges.length === 0 ? null : (
    <ul className="nx-earned" aria-label={trans.__('Earned badges')}>
      {badges.map(badge => (
        <li key={badge.id}>
          <img
            src={badge.icon_url}
            alt={givenName(badge.name, trans)}
            title={givenName(badge.name, trans)}
            width="40"
            height="40"
          />
        </li>
      ))}
    </ul>
  );
}

function nearest(badges: Badge[]): Badge[] {
  return badges
    .filter(({ earned_at }) => earned_at === null)
    .sort((one, other) => shareOf(other) - shareOf(one))
    .slice(0, NEAREST);
}

function shareOf({ progress, goal }: Badge): number {
  return goal > 0 ? Math.min(1, progress / goal) : 0;
}
