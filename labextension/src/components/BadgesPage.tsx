import type { Badge } from '../api/contract';
import { day } from '../format';
import { givenName } from '../given-names';
import { useNexus } from './context';
import { Loaded } from './Loaded';
import { Meter } from './Meter';

/** Earned badges, and the way to the others. */
export function BadgesPage() {
  const { model, trans } = useNexus();
  return (
    <div className="nx-page-body">
      <h1>{trans.__('Badges')}</h1>
      <Loaded
        resource={model.badges}
        lines={5}
        empty={{
          when: badges => badges.length === 0,
          text: trans.__('There are no badges to earn here yet.')
        }}
      >
        {badges => (
          <ul className="nx-grid nx-badges">
            {badges.map(badge => (
              <BadgeCard key={badge.id} badge={badge} />
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  );
}

function BadgeCard({ badge }: { badge: Badge }) {
  const { trans } = useNexus();
  const share = badge.goal > 0 ? Math.min(1, badge.progress / badge.goal) : 0;
  return (
    <li className="nx-card nx-badge" data-earned={badge.earned_at !== null}>
      <img src={badge.icon_url} alt="" width="48" height="48" />
      <span className="nx-card-title">{givenName(badge.name, trans)}</span>
      <span className="nx-card-text">{badge.criteria}</span>
      {badge.earned_at ? (
        <span className="nx-tag nx-done">{trans.__('Earned %1', day(badge.earned_at))}</span>
      ) : (
        <>
          <Meter share={share} label={trans.__('Progress')} />
          <span className="nx-muted">
            {trans.__('%1 of %2', Math.min(badge.progress, badge.goal), badge.goal)}
          </span>
        </>
      )}
    </li>
  );
}
