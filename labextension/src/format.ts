/** Words and figures for people, in the language of the page. */

/** How to write for the reader of this page: in its language, and in the region that the browser names for it. */
export function readersLocale(): string | undefined {
  if (typeof document === 'undefined' || !document.documentElement.lang) {
    return undefined; // outside of a page, as the system writes
  }
  const { lang } = document.documentElement;
  const [spoken] = lang.split('-');
  const regional = navigator.languages.find(one => one.split('-')[0] === spoken);
  return regional ?? lang;
}

/** 0.5 → "50%", in German "50 %" */
export function percent(share: number, locale = readersLocale()): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** "1,240" in the reader's language */
export function count(value: number, locale = readersLocale()): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Points as people write them: 7, 7.5 */
export function points(value: number, locale = readersLocale()): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2, useGrouping: false }).format(value);
}

/** "11/30/2026, 3:40:00 PM" in the reader's language */
export function moment(time: string | number, options?: Intl.DateTimeFormatOptions): string {
  return new Date(time).toLocaleString(readersLocale(), options);
}

/** "11/30/2026" in the reader's language */
export function day(time: string): string {
  return new Date(time).toLocaleDateString(readersLocale());
}

/** "3:40:00 PM" in the reader's language */
export function timeOfDay(time: string | number): string {
  return new Date(time).toLocaleTimeString(readersLocale());
}

/** 75 → "1:15" */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  return hours ? `${hours}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
];

/** "5 minutes ago" */
export function ago(time: string, now: Date, locale = readersLocale()): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return format.format(Math.round(seconds / size), unit);
    }
  }
  return format.format(Math.round(seconds), 'second');
}

/** "A" for "ada lovelace" → "AL" */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0][0], words[words.length - 1][0]] : [words[0]?.[0] ?? '?'];
  return letters.join('').toUpperCase();
}

/** Share of the way from this rank's beginning to the next one's, 0 to 1; 1 at the top. */
export function rankProgress(xp: number, from: number, to: number | null): number {
  if (to === null || to <= from) {
    return 1;
  }
  return Math.min(1, Math.max(0, (xp - from) / (to - from)));
}
