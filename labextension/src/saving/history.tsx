import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { type Nexus, NexusProvider } from '../components/context';
import { HistoryView } from './HistoryView';

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

/** milliseconds for which it stands beside the page that a version is back */
const TOLD_MS = 8_000;

/** Show a notebook's former versions over the page; what is typed by now is saved first, so that it can be compared. */
export async function showHistory(
  nexus: Nexus,
  context: Context,
  save: () => Promise<boolean>
): Promise<void> {
  const { host, trans } = nexus;
  if (!(await save())) {
    host.tell({
      kind: 'warning',
      text: trans.__('What you typed last is not saved yet, and is not compared.'),
      lastsMs: TOLD_MS
    });
  }
  const restored = async () => {
    await context.revert();
    dialog.resolve();
    host.tell({
      kind: 'success',
      text: trans.__('The version is back. What you had before is in the history.'),
      lastsMs: TOLD_MS
    });
  };
  const body = ReactWidget.create(
    <NexusProvider value={nexus}>
      <HistoryView path={context.path} restored={restored} />
    </NexusProvider>
  );
  body.addClass('nx-root');
  const dialog = new Dialog({
    title: trans.__('History of “%1”', context.path.split('/').pop() ?? context.path),
    body,
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })]
  });
  await dialog.launch();
}
