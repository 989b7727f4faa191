import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { type Nexus, NexusProvider } from '../components/context';
import { Diff } from '../components/Diff';
import { typedText } from '../saving/drafts';
import { readersWords } from '../words';

interface HasDialogs {
  /** What JupyterLab asks when the file on disk is not the one that was opened. */
  _raiseConflict: (model: Contents.IModel, options: Partial<Contents.IModel>) => Promise<Contents.IModel>;
  /** What it shows when a document cannot be read or saved. */
  _handleError: (error: Error, title: string) => Promise<void>;
}

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

/** Ends a save that a person has to decide on first; JupyterLab shows no error for this name. */
function undecided(): Error {
  const error = new Error(
    readersWords().__('This was changed elsewhere: compare and choose a version first.')
  );
  error.name = 'ModalCancelError';
  return error;
}

/**
 * Take the place of JupyterLab's dialog, which offers to overwrite without showing what would be lost.
 *
 * It has no hook for that: the method is replaced on the one document, and a browser test holds it.
 */
export function replaceConflictDialog(context: Context, onConflict: () => void): void {
  const raises = context as unknown as HasDialogs;
  raises._raiseConflict = async () => {
    onConflict();
    throw undecided();
  };
}

/**
 * Keep JupyterLab's dialog to saves that somebody asked for: over a page where somebody types it would take the keys.
 *
 * It has no hook for that either.
 */
export function replaceErrorDialog(
  context: Context,
  { isQuiet, onError }: { isQuiet: () => boolean; onError: (error: Error) => void }
): void {
  const shows = context as unknown as HasDialogs;
  const show = shows._handleError.bind(context);
  shows._handleError = async (error, title) => (isQuiet() ? onError(error) : show(error, title));
}

export async function versionOnServer(
  nexus: Nexus,
  contents: Contents.IManager,
  path: string
): Promise<string> {
  const { content } = await contents.get(path, { content: true });
  if (content === null || content === undefined) {
    throw new Error(nexus.trans.__('The version on the server cannot be read.'));
  }
  return typeof content === 'string' ? content : JSON.stringify(content);
}

/** Show two versions and let a person choose; nothing is preset that would lose one of them. */
export async function chooseVersion(
  nexus: Nexus,
  versions: { before: string; after: string; beforeName: string; afterName: string; title: string },
  choices: { label: string; name: string }[]
): Promise<string | null> {
  const { trans } = nexus;
  const { before, after, beforeName, afterName, title } = versions;
  const body = ReactWidget.create(
    <NexusProvider value={nexus}>
      <Diff
        before={typedText(before)}
        after={typedText(after)}
        beforeName={beforeName}
        afterName={afterName}
      />
    </NexusProvider>
  );
  body.addClass('nx-root');
  const { button } = await showDialog({
    title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Decide later') }),
      ...choices.map(({ label, name }) => Dialog.createButton({ label, actions: [name], accept: true }))
    ],
    defaultButton: 0
  });
  return button.accept ? (button.actions[0] ?? null) : null;
}
