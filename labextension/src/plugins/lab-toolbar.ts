import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { CommandIds } from '../tokens';

/** Put Check, Hint and Submit into a lab's toolbar, before its spacer. */
export function addLabToolbar(
  notebook: NotebookPanel,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  const buttons: [string, string, string][] = [
    ['nexus-check', CommandIds.check, trans.__('Run all cells and see what the tests say')],
    ['nexus-hint', CommandIds.hint, trans.__('Explain the error without giving the solution away')],
    ['nexus-submit', CommandIds.submit, trans.__('Hand in this notebook for grading')]
  ];
  let at = [...notebook.toolbar.names()].indexOf('spacer');
  for (const [name, id, caption] of buttons) {
    const button = new CommandToolbarButton({ commands, id, caption, label: String(commands.label(id)) });
    button.addClass('nx-lab-button');
    button.addClass(`nx-${name}`);
    if (at === -1) {
      notebook.toolbar.addItem(name, button);
    } else {
      notebook.toolbar.insertItem(at++, name, button);
    }
  }
}
