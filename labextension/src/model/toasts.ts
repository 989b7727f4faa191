/** Says aloud what the event socket brings: XP, badges, ranks. */

import type { Nexus } from '../components/context';
import { toastOf } from './notices';

const TOAST_MS = 5_000;

export function tellEvents({ host, model, trans }: Nexus): void {
  model.event.connect((_, event) => {
    const toast = toastOf(event, trans);
    const isHidden =
      (event.type === 'xp.awarded' || event.type === 'rank.up') && model.me.data?.shows_xp === false;
    if (toast && !isHidden) {
      const look = { label: trans.__('Look'), run: () => void host.open({ page: 'badges' }) };
      const action = event.type === 'badge.earned' ? look : undefined;
      host.tell({ kind: toast.kind, text: toast.text, lastsMs: TOAST_MS, action });
    }
  });
}
