import type { Activity } from '../api/contract';
import { useNexus } from '../components/context';
import { count } from '../format';
import { dayInWords, weeksOf } from './calendar';

const CELL = 14;
const SQUARE = 11;

/** My days, a column for each week; as a table for those who read rather than look. */
export function ActivityCalendar({ activity }: { activity: Activity }) {
  const { trans } = useNexus();
  const weeks = weeksOf(activity);
  const active = activity.days.filter(({ achievements }) => achievements > 0);
  return (
    <>
      <svg
        className="nx-calendar"
        viewBox={`0 0 ${weeks.length * CELL} ${7 * CELL}`}
        style={{ maxWidth: weeks.length * CELL * 1.6 }}
        aria-hidden="true"
      >
        {weeks.map((week, column) =>
          week.map(
            ({ day, achievements, level }, row) =>
              achievements !== null && (
                <rect
                  key={day}
                  x={column * CELL}
                  y={row * CELL}
                  width={SQUARE}
                  height={SQUARE}
                  rx="2.5"
                  data-level={level}
                >
                  <title>{`${dayInWords(day)}: ${achievements}`}</title>
                </rect>
              )
          )
        )}
      </svg>
      <p className="nx-muted">
        {trans._n('You achieved something on %1 day', 'You achieved something on %1 days', active.length)}{' '}
        {trans.__('since %1.', dayInWords(activity.since))}
      </p>
      {active.length > 0 && <Days days={active} />}
    </>
  );
}

function Days({ days }: { days: Activity['days'] }) {
  const { trans } = useNexus();
  return (
    <details>
      <summary>{trans.__('As a table')}</summary>
      <table className="nx-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Day')}</th>
            <th scope="col">{trans.__('Achievements')}</th>
            <th scope="col">{trans.__('XP')}</th>
          </tr>
        </thead>
        <tbody>
          {[...days].reverse().map(({ day, achievements, xp }) => (
            <tr key={day}>
              <th scope="row">{dayInWords(day)}</th>
              <td>{achievements}</td>
              <td>{count(xp)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
