/** How a person wants to see the pages, kept in this browser: before the login, too, and apart from whose account it is. */

export interface Display {
  /** `system` follows what the system asks for */
  contrast: 'system' | 'normal' | 'high';
  /** `easy`: letters, words and lines further apart, in a typeface whose letters differ */
  reading: 'normal' | 'easy';
  motion: 'system' | 'reduced';
}

type Kept = Pick<Storage, 'getItem' | 'setItem'>;
type Asks = (query: string) => boolean;

const KEY = 'nexusai:display';
const CHOICES: { [name in keyof Display]: Display[name][] } = {
  contrast: ['system', 'normal', 'high'],
  reading: ['normal', 'easy'],
  motion: ['system', 'reduced']
};

const asksSystem: Asks = query => window.matchMedia(query).matches;

/** What was chosen; whatever else is kept there counts for nothing. */
export function readDisplay(kept: Kept): Display {
  const said = parsed(kept);
  const of = <N extends keyof Display>(name: N): Display[N] =>
    CHOICES[name].find(choice => choice === said[name]) ?? CHOICES[name][0];
  return { contrast: of('contrast'), reading: of('reading'), motion: of('motion') };
}

function parsed(kept: Kept): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(kept.getItem(KEY) ?? '{}');
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {}; // a browser that keeps nothing, or a text of somebody else's
  }
}

/** Show it at once, and whenever this browser comes again. */
export function chooseDisplay(root: HTMLElement, kept: Kept, display: Display): void {
  try {
    kept.setItem(KEY, JSON.stringify(display));
  } catch {
    // a browser that keeps nothing shows it for now
  }
  showDisplay(root, display);
}

/** Write it into the document, where the styles look. */
export function showDisplay(root: HTMLElement, display: Display, asks: Asks = asksSystem): void {
  const { contrast, reading, motion } = display;
  const isHigh = contrast === 'high' || (contrast === 'system' && asks('(prefers-contrast: more)'));
  root.dataset.nxContrast = isHigh ? 'high' : 'normal';
  root.dataset.nxReading = reading;
  root.dataset.nxMotion =
    motion === 'reduced' || asks('(prefers-reduced-motion: reduce)') ? 'reduced' : 'full';
}

/** Show what this browser kept. */
export function showKeptDisplay(): void {
  showDisplay(document.documentElement, readDisplay(localStorage));
}

/** Whether things that move should not. */
export function isMotionReduced(root: HTMLElement): boolean {
  return root.dataset.nxMotion === 'reduced';
}
