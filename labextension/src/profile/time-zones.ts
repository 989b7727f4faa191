/** The time zones that the browser knows, by their IANA names, and the one that is set. Pure. */

export function timezones(present: string): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set([...known, 'UTC', present])].sort();
}
