/** Renews the login before it ends, so that Jupyter's own requests and sockets keep working too. */

/** An access token lives ten minutes; a sleeping laptop wakes late. */
const EVERY_MS = 5 * 60_000;

export interface KeepAliveOptions {
  refresh: () => Promise<boolean>;
  now?: () => number;
  every?: (run: () => void, ms: number) => unknown;
}

/** Renew now and from then on; the function returned renews when the last time is too long ago. */
export function keepAlive({ refresh, now = Date.now, every = setInterval }: KeepAliveOptions): () => void {
  let last = Number.NEGATIVE_INFINITY;
  const renew = () => {
    if (now() - last < EVERY_MS - 1_000) {
      return;
    }
    last = now();
    refresh().catch(() => {
      // offline: try again at the next occasion
      last = Number.NEGATIVE_INFINITY;
    });
  };
  renew();
  every(renew, EVERY_MS);
  return renew;
}
