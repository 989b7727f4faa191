import {
  type IConnectionLost as ConnectionLost,
  IConnectionLost,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INexus, PLUGIN_PREFIX } from '../tokens';

/** what the event socket says first, whenever it is connected */
const HELLO = 'hello';

/** A server that does not answer is said in a corner, not in a dialog that stands before one's work. */
export const connectionPlugin: JupyterFrontEndPlugin<ConnectionLost> = {
  id: `${PLUGIN_PREFIX}:connection`,
  description: 'Says that the server does not answer, and takes it back when it does.',
  autoStart: true,
  provides: IConnectionLost,
  requires: [INexus],
  activate: (_app, { model, trans }: INexus): ConnectionLost => {
    let shown: string | null = null;
    model.event.connect((_, { type }) => {
      if (type === HELLO && shown !== null) {
        Notification.dismiss(shown);
        shown = null;
      }
    });
    return async () => {
      shown ??= Notification.warning(
        trans.__('The server does not answer. We keep trying; what you wrote is safe in this page.'),
        { autoClose: false }
      );
    };
  }
};
