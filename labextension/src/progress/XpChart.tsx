import type { Activity } from '../api/contract';
import { useNexus } from '../components/context';
import { count } from '../format';
import { dayInWords, pathOf, xpLine } from './calendar';

const WIDTH = 600;
const HEIGHT = 140;

/** How my XP grew. The words below say what the drawing shows. */
export function XpChart({ activity }: { activity: Activity }) {
  const { trans } = useNexus();
  const line = xpLine(activity);
  const [first, last] = [line[0], line[line.length - 1]];
  const path = pathOf(line, WIDTH, HEIGHT);
  return (
    <figure className="nx-chart">
      <svg viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="nx-chart-area" d={`${path}V${HEIGHT}H0Z`} />
        <path className="nx-chart-line" d={path} />
      </svg>
      <figcaption>
        <span>{trans.__('%1: %2 XP', dayInWords(first.day), count(first.xp))}</span>
        <span>{trans.__('%1: %2 XP', dayInWords(last.day), count(last.xp))}</span>
      </figcaption>
    </figure>
  );
}
