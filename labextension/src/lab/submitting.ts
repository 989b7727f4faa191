/** Handing a lab in, and asking first where that would waste an attempt. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Host } from '../host';
import type { LabSession } from './session';

/** Hand in, unless the person thinks better of it. */
export async function submitLab(session: LabSession, host: Host, trans: TranslationBundle): Promise<void> {
  if (await wantsToSubmit(session, host, trans)) {
    await session.submit();
    tellIfLost(session, host, trans);
  }
}

/** The lab's own page says why it could not be handed in; who left it meanwhile is told all the same. */
function tellIfLost(session: LabSession, host: Host, trans: TranslationBundle): void {
  const { problem } = session.snapshot();
  if (session.isLeft && problem !== null) {
    const title = session.node.data?.title ?? trans.__('This lab');
    host.tell({
      kind: 'error',
      text: trans.__('“%1” was not handed in: %2', title, problem),
      lastsMs: null
    });
  }
}

/** Ask before an attempt that cannot succeed is spent. */
async function wantsToSubmit(session: LabSession, host: Host, trans: TranslationBundle): Promise<boolean> {
  const { passed, total } = session.visibleTests();
  if (total === 0 || passed > 0) {
    return true;
  }
  const attempts = session.node.data?.lab?.attempts ?? null;
  const counted = attempts === null ? '' : ` ${trans.__('This lab counts %1 attempts.', attempts)}`;
  return host.confirm({
    title: trans.__('Submit without a passing test?'),
    text: trans.__('None of the %1 tests in this notebook passes so far.', total) + counted,
    no: trans.__('Go on working'),
    yes: trans.__('Submit all the same')
  });
}
