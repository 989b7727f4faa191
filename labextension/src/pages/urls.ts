/** Where to go after signing in, and the token of a mailed link. Pure. */

import { frontUrl, isOwnPage } from '../api/routes';

/** The `next` of a query string if it stays on this site, else where the server leads on from. */
export function nextPath(search: string, baseUrl: string): string {
  const home = frontUrl(baseUrl);
  const wanted = new URLSearchParams(search).get('next');
  // a second slash or a backslash would name another host
  if (!wanted || !/^\/(?![/\\])/.test(wanted) || /[\\\s]/.test(wanted)) {
    return home;
  }
  return wanted === baseUrl || isOwnPage(baseUrl, wanted) ? home : wanted;
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

interface Words {
  __: (text: string) => string;
}

/** What went wrong with a single sign-on, in words; null when nothing did. Never text from the address. */
export function signOnProblem(search: string, trans: Words): string | null {
  const code = new URLSearchParams(search).get('problem');
  return code === null ? null : problemText(code, trans);
}

function problemText(code: string, trans: Words): string {
  switch (code) {
    case 'account_disabled':
      return trans.__('This account is disabled; ask an administrator.');
    case 'account_not_confirmed':
      return trans.__(
        'Your address has an account that never confirmed it. Log in with the password, then link this sign-on.'
      );
    case 'email_not_verified':
      return trans.__(
        'Your provider did not verify your e-mail address. Verify it there, or log in with your password.'
      );
    case 'other_person':
      return trans.__(
        'Your provider knows you by another address, or this identity belongs to another account.'
      );
    case 'provider_unavailable':
      return trans.__('Your provider does not answer right now. Try again, or log in with your password.');
    case 'rate_limited':
      return trans.__('Too many tries; wait a few minutes.');
    case 'sign_on_declined':
      return trans.__('Your provider did not let you in, or you stopped there.');
    case 'sign_on_expired':
      return trans.__('That took too long, or was begun in another browser. Start again.');
    case 'sign_on_makes_no_accounts':
      return trans.__('Nobody with your address has an account here. Ask an administrator.');
    default:
      return trans.__('Signing on did not work. Start again.');
  }
}
