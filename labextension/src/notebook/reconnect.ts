import type { ISessionContext } from '@jupyterlab/apputils';

/** Take up a kernel again whose connection was given up. */
export function reconnect({ session }: ISessionContext): void {
  const kernel = session?.kernel;
  if (kernel && kernel.status !== 'dead' && kernel.connectionStatus === 'disconnected') {
    kernel.reconnect().catch(() => undefined); // the banner above the notebook goes on trying
  }
}

/**
 * Ask a kernel whether it is idle each time that its connection is back.
 *
 * JupyterLab asks for the kernel's info on connecting, and its page is set up to ignore what a kernel says about its
 * state meanwhile: the notebook would show "Unknown" until the next cell runs. The answer to any other question counts.
 */
export function askWhenBack(context: ISessionContext): void {
  context.connectionStatusChanged.connect((_, status) => {
    const kernel = context.session?.kernel;
    if (status === 'connected' && kernel?.status === 'unknown') {
      kernel.requestIsComplete({ code: '' }).catch(() => undefined);
    }
  });
}
