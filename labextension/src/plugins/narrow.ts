import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PLUGIN_PREFIX } from '../tokens';

/** Windows in which the side areas would leave no room for what is between them. */
export const NARROW = '(max-width: 760px)';

/** In a narrow window the side areas are closed, until one is asked for; whatever opens closes them again. */
export const narrowPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:narrow`,
  description: 'Closes the side areas on phones and in narrow windows.',
  autoStart: true,
  optional: [ILabShell],
  activate: (app: JupyterFrontEnd, shell: ILabShell | null) => {
    if (!shell) {
      return;
    }
    const media = window.matchMedia(NARROW);
    const makeRoom = () => {
      if (media.matches) {
        shell.collapseLeft();
        shell.collapseRight();
      }
    };
    media.addEventListener('change', makeRoom);
    shell.currentChanged.connect(makeRoom);
    void app.restored.then(makeRoom);
  }
};
