import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, Session } from '@jupyterlab/services';

interface TakesSessions {
  _handleNewSession: (session: Session.ISessionConnection | null) => Kernel.IKernelConnection | null;
}

/**
 * Let go of a session that comes when its notebook was left already.
 *
 * JupyterLab would keep the connection to the kernel open for nobody, and fail with "Disposed" where nobody hears it. It
 * has no hook for that: the method is replaced on the one notebook, and a browser test holds it.
 */
export function letGoWhenLate(context: ISessionContext): void {
  const takes = context as unknown as TakesSessions;
  const take = takes._handleNewSession.bind(context);
  takes._handleNewSession = session => {
    if (!context.isDisposed) {
      return take(session);
    }
    session?.dispose();
    return null;
  };
}
