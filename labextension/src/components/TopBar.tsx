import { count } from '../format';
import { boltIcon, flameIcon } from '../icons';
import { useNexus } from './context';
import { useResource } from './hooks';

/** XP, rank and streak, always in sight. */
export function TopBar() {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  if (!me) {
    return null;
  }
  return (
    <div className="nx-topbar" aria-live="polite">
      <span className="nx-chip nx-chip-streak" title={trans.__('Days in a row')}>
        <flameIcon.react tag="span" /> {me.streak_count}
        <span className="nx-sr">{trans.__('days in a row')}</span>
      </span>
      <span className="nx-chip nx-chip-xp" title={trans.__('Experience points')}>
        <boltIcon.react tag="span" /> {count(me.xp)} {trans.__('XP')}
      </span>
      <span className="nx-chip nx-chip-rank">{me.rank}</span>
    </div>
  );
}
