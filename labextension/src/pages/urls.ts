/** Where to go after signing in, and the token of a mailed link. Pure. */

/** The `next` of a query string if it stays on this site, else JupyterLab. */
export function nextPath(search: string, baseUrl: string): string {
  const home = `${baseUrl}lab`;
  const wanted = new URLSearchParams(search).get('next');
  // a second slash or a backslash would name another host
  if (!wanted || !/^\/(?![/\\])/.test(wanted) || /[\\\s]/.test(wanted)) {
    return home;
  }
  return wanted === baseUrl || wanted.startsWith(`${baseUrl}nexus/`) ? home : wanted;
}

/** The token of a mailed link travels in the fragment, which browsers never send. */
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

const RENEWED_KEY = 'nexusai:renewed';
const RENEW_PAUSE_MS = 30_000;

/** Whether to try to renew the login: only when sent here by another page, and not over and over. */
export function renewOnce(
  search: string,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  now: number
): boolean {
  const last = Number(storage.getItem(RENEWED_KEY) ?? 0);
  if (!new URLSearchParams(search).has('next') || now - last < RENEW_PAUSE_MS) {
    return false;
  }
  storage.setItem(RENEWED_KEY, String(now));
  return true;
}
