import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { NotebookActions, NotebookModel } from '@jupyterlab/notebook';
import { Observable } from '../model/observable';
import { BrowserDrafts, type Draft, isSameWork } from '../saving/drafts';
import { type FileChange, LeftOut } from '../saving/left-out';
import { type Offer, SavingBanner } from '../saving/SavingBanner';
import { Saver } from '../saving/saver';
import { INexus, ISaving, PLUGIN_PREFIX } from '../tokens';
import { addBanner } from './banner';
import { chooseVersion, replaceConflictDialog, versionOnServer } from './versions';

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

/** the kinds of document that people type into */
const FACTORIES = ['Notebook', 'Editor'];

/** Saves soon after each edit and at each run; keeps a draft in the browser until the server has it. */
export const savingPlugin: JupyterFrontEndPlugin<ISaving> = {
  id: `${PLUGIN_PREFIX}:saving`,
  description: 'Saves documents soon after each edit, keeps drafts, and settles versions that differ.',
  autoStart: true,
  provides: ISaving,
  requires: [INexus, IDocumentManager],
  activate: (app: JupyterFrontEnd, nexus: INexus, documents: IDocumentManager): ISaving => {
    const keeper = new Keeper(nexus, documents);
    for (const factory of FACTORIES) {
      app.docRegistry.addWidgetExtension(factory, {
        createNew: (widget, context) =>
          void (widget instanceof MainAreaWidget && keeper.adopt(widget, context))
      });
    }
    NotebookActions.executionScheduled.connect((_, { notebook }) => keeper.ran(notebook.model));
    nexus.model.connection.subscribe(() => keeper.reachChanged());
    tellWhatIsLeftOut(app);
    window.addEventListener('beforeunload', () => keeper.keepAllNow());
    window.addEventListener('pagehide', () => keeper.keepAllNow());
    document.addEventListener('visibilitychange', () => keeper.keepAll());
    return { saveAll: () => keeper.saveAll(), save: path => keeper.save(path) };
  }
};

/** Say which outputs a save left out, because the notebook was too large with them. */
function tellWhatIsLeftOut(app: JupyterFrontEnd): void {
  const leftOut = new LeftOut();
  app.serviceManager.contents.fileChanged.connect((_, change) => {
    const notice = leftOut.notice(change as FileChange);
    if (notice !== null) {
      Notification.warning(notice, { autoClose: false });
    }
  });
}

/** One saver for each open document. */
class Keeper {
  private readonly _drafts = new BrowserDrafts();
  private readonly _savers = new Map<Context, Saver>();

  constructor(
    private readonly _nexus: INexus,
    private readonly _documents: IDocumentManager
  ) {}

  async adopt(widget: MainAreaWidget, context: Context): Promise<void> {
    const saver = this._savers.get(context) ?? this._follow(context);
    const offer = new Observable<Offer>({ draft: null });
    const both = {
      subscribe: (listener: () => void) => {
        const stops = [saver.subscribe(listener), offer.subscribe(listener)];
        return () => {
          for (const stop of stops) {
            stop();
          }
        };
      }
    };
    const isShown = () => offer.snapshot().draft !== null || saver.snapshot().conflict;
    const answered = () => {
      const { draft } = offer.snapshot();
      offer.set({ draft: null });
      saver.set({ offered: false });
      return draft;
    };
    const forget = () => {
      const draft = answered();
      if (draft) {
        void this._drafts.forget(draft.learner, draft.path);
      }
    };
    const restore = () => {
      const draft = answered();
      if (draft) {
        context.model.fromString(draft.text);
        context.model.dirty = true;
        saver.soon();
      }
    };
    addBanner(widget, this._nexus, both, isShown, () => (
      <SavingBanner
        saver={saver}
        offer={offer}
        onRestore={restore}
        onDiscard={forget}
        onCompareDraft={() => void this._compareDraft(context, offer, restore, forget)}
        onResolve={() => void this._resolve(context, saver)}
      />
    ));
    saver.set({ offered: true });
    untilTouched(widget, context, saver);
    await context.ready;
    const draft = await this._findDraft(context);
    saver.set({ offered: draft !== null });
    offer.set({ draft });
  }

  ran(model: DocumentRegistry.IModel | null): void {
    for (const [context, saver] of this._savers) {
      if (context.model === model) {
        saver.soon();
      }
    }
  }

  keepAll(): void {
    for (const saver of this._savers.values()) {
      void saver.keepDraft();
    }
  }

  keepAllNow(): void {
    for (const saver of this._savers.values()) {
      saver.keepDraftNow();
    }
  }

  async saveAll(): Promise<boolean> {
    const saved = await Promise.all([...this._savers.values()].map(saver => saver.save()));
    return saved.every(Boolean);
  }

  async save(path: string): Promise<boolean> {
    const mine = [...this._savers].filter(([context]) => context.path === path);
    const saved = await Promise.all(mine.map(([, saver]) => saver.save()));
    return saved.every(Boolean);
  }

  reachChanged(): void {
    if (this._nexus.model.connection.isUsable) {
      void this.saveAll();
    } else {
      this.keepAll();
    }
  }

  private _follow(context: Context): Saver {
    const { model } = this._nexus;
    const saver = new Saver(
      {
        path: () => context.path,
        text: () => context.model.toString(),
        typed: () => typedIn(context.model),
        isDirty: () => context.model.dirty,
        markDirty: () => {
          context.model.dirty = true;
        },
        canSave: () => !context.isDisposed && context.isReady && context.contentsModel?.writable !== false,
        save: () => context.save()
      },
      {
        drafts: this._drafts,
        learner: () => model.me.data?.id ?? null,
        mayTry: () => model.connection.isUsable
      }
    );
    this._savers.set(context, saver);
    replaceConflictDialog(context, () => saver.set({ conflict: true }));
    context.saveState.connect((_, state) => {
      if (state === 'started') {
        saver.saveBegan();
      } else if (state === 'completed') {
        saver.saved();
      }
    });
    void context.ready.then(() => {
      saver.opened();
      context.model.contentChanged.connect(() => saver.edited());
    });
    context.disposed.connect(() => {
      this._savers.delete(context);
      saver.dispose();
    });
    return saver;
  }

  private async _findDraft(context: Context): Promise<Draft | null> {
    const { me } = this._nexus.model;
    await me.ensure();
    const learner = me.data?.id;
    const draft = learner ? await this._drafts.find(learner, context.path).catch(() => null) : null;
    if (draft && isSameWork(draft.text, context.model.toString())) {
      await this._drafts.forget(draft.learner, draft.path).catch(() => undefined);
      return null;
    }
    return draft;
  }

  private async _compareDraft(
    context: Context,
    offer: Observable<Offer>,
    restore: () => void,
    discard: () => void
  ): Promise<void> {
    const { draft } = offer.snapshot();
    if (!draft) {
      return;
    }
    const { trans } = this._nexus;
    const chosen = await chooseVersion(
      this._nexus,
      {
        title: trans.__('What this browser kept'),
        before: context.model.toString(),
        after: draft.text,
        beforeName: trans.__('Only in the saved version'),
        afterName: trans.__('Only in what was kept')
      },
      [
        { name: 'discard', label: trans.__('Throw it away') },
        { name: 'restore', label: trans.__('Put it back') }
      ]
    );
    if (chosen === 'restore') {
      restore();
    } else if (chosen === 'discard') {
      discard();
    }
  }

  /** Two versions of one document: a person looks at both and takes one. */
  private async _resolve(context: Context, saver: Saver): Promise<void> {
    const { trans } = this._nexus;
    const theirs = await versionOnServer(this._nexus, this._documents.services.contents, context.path);
    const chosen = await chooseVersion(
      this._nexus,
      {
        title: trans.__('Two versions of this document'),
        before: theirs,
        after: context.model.toString(),
        beforeName: trans.__('Only in the version saved elsewhere'),
        afterName: trans.__('Only here')
      },
      [
        { name: 'theirs', label: trans.__('Take the other version') },
        { name: 'mine', label: trans.__('Keep this version') }
      ]
    );
    if (chosen === null) {
      return;
    }
    const mine = context.model.toString();
    // taking over what is on the server also makes JupyterLab accept the next save
    await context.revert();
    saver.set({ conflict: false });
    if (chosen === 'mine') {
      context.model.fromString(mine);
      context.model.dirty = true;
    }
    await saver.save();
  }
}

/** What a person typed in a document; of a notebook its cells' sources. */
function typedIn(model: DocumentRegistry.IModel): string {
  if (!(model instanceof NotebookModel)) {
    return model.toString();
  }
  return [...model.cells]
    .map(({ type, sharedModel }) => `[${type}]\n${sharedModel.getSource()}`)
    .join('\n\n');
}

/** Opening a notebook changes its metadata; until a person does something in it, there is nothing to save. */
function untilTouched(widget: MainAreaWidget, context: Context, saver: Saver): void {
  const clean = () => {
    if (context.isReady && context.model.dirty && !saver.hasNewText()) {
      context.model.dirty = false;
    }
  };
  const touched = () => {
    context.model.stateChanged.disconnect(clean);
    for (const kind of ['keydown', 'pointerdown']) {
      widget.node.removeEventListener(kind, touched, true);
    }
  };
  context.model.stateChanged.connect(clean);
  for (const kind of ['keydown', 'pointerdown']) {
    widget.node.addEventListener(kind, touched, true);
  }
}
