import type { GroupOfLab } from '../api/contract';
import { useNexus } from '../components/context';
import { moment } from '../format';

/** With whom the learner hands in. */
export function GroupNote({ group }: { group: GroupOfLab }) {
  const { trans } = useNexus();
  const mates = group.members
    .filter(({ is_me }) => !is_me)
    .map(({ display_name }) => display_name)
    .join(', ');
  return (
    <div className="nx-note nx-note-info" role="note" aria-label={trans.__('Your group')}>
      <p>
        {mates
          ? trans.__('You hand in together with %1. What one of you hands in counts for all.', mates)
          : trans.__('You are alone in your group so far.')}
      </p>
      {group.last_by !== null && group.last_at !== null && (
        <p>{trans.__('%1 handed in last, %2.', group.last_by, moment(group.last_at))}</p>
      )}
    </div>
  );
}
