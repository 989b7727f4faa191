import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { NotebookActions, NotebookModel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { messageOf } from '../api/errors';
import type { Nexus } from '../components/context';
import { Observable } from '../model/observable';
import { addBanner } from '../notebook/banner';
import { BrowserDrafts, type Draft, isSameWork } from './drafts';
import { type FileChange, LeftOut } from './left-out';
import { type Offer, SavingBanner } from './SavingBanner';
import { SaveTurns } from './save-turns';
import { Saver } from './saver';
import { chooseVersion, replaceConflictDialog, replaceErrorDialog, versionOnServer } from './versions';

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

/** how long it stands beside the page that a save failed */
const FAILED_MS = 15_000;

/** One saver for each open document. */
export class Keeper {
  private readonly _drafts = new BrowserDrafts();
  private readonly _savers = new Map<Context, Saver>();

  constructor(
    private readonly _nexus: Nexus,
    private readonly _contents: Contents.IManager
  ) {}

  /** Save at each run, and keep what was typed whenever the page may go. */
  watch(): void {
    NotebookActions.executionScheduled.connect((_, { notebook }) => this._ran(notebook.model));
    this._nexus.model.connection.subscribe(() => this._reachChanged());
    this._tellWhatIsLeftOut();
    window.addEventListener('beforeunload', () => this._keepAllNow());
    window.addEventListener('pagehide', () => this._keepAllNow());
    document.addEventListener('visibilitychange', () => this._keepAll());
  }

  /** Say which outputs a save left out, because the notebook was too large with them. */
  private _tellWhatIsLeftOut(): void {
    const leftOut = new LeftOut();
    this._contents.fileChanged.connect((_, change) => {
      const text = leftOut.notice(change as FileChange);
      if (text !== null) {
        this._nexus.host.tell({ kind: 'warning', text, lastsMs: null });
      }
    });
  }

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

  private _ran(model: DocumentRegistry.IModel | null): void {
    for (const [context, saver] of this._savers) {
      if (context.model === model) {
        saver.soon();
      }
    }
  }

  private _keepAll(): void {
    for (const saver of this._savers.values()) {
      void saver.keepDraft();
    }
  }

  private _keepAllNow(): void {
    for (const saver of this._savers.values()) {
      saver.keepDraftNow();
    }
  }

  async saveAll(): Promise<boolean> {
    const saved = await Promise.all([...this._savers.values()].map(saver => saver.save()));
    return saved.every(Boolean);
  }

  async save(path: string): Promise<boolean> {
    const saved = await Promise.all(this._saversOf(path).map(saver => saver.save()));
    return saved.every(Boolean);
  }

  /** Save a document that is about to be closed; what the server does not take stays in this browser. */
  async putAway(path: string): Promise<void> {
    await Promise.all(this._saversOf(path).map(async saver => (await saver.save()) || saver.keepDraft()));
  }

  private _saversOf(path: string): Saver[] {
    return [...this._savers].filter(([context]) => context.path === path).map(([, saver]) => saver);
  }

  private _reachChanged(): void {
    if (this._nexus.model.connection.isUsable) {
      void this.saveAll();
    } else {
      this._keepAll();
    }
  }

  private _follow(context: Context): Saver {
    const { model } = this._nexus;
    const turns = new SaveTurns(context.save.bind(context));
    context.save = () => turns.save();
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
        save: () => turns.save({ isQuiet: true }),
        settled: () => turns.settled
      },
      {
        drafts: this._drafts,
        learner: () => model.me.data?.id ?? null,
        mayTry: () => model.connection.isUsable
      }
    );
    this._savers.set(context, saver);
    replaceConflictDialog(context, () => saver.set({ conflict: true }));
    let isTold = false;
    const onError = (error: Error) => {
      if (!isTold) {
        isTold = true;
        this._tellFailure(context, error);
      }
    };
    replaceErrorDialog(context, { isQuiet: () => turns.isQuiet, onError });
    context.saveState.connect((_, state) => {
      if (state === 'started') {
        saver.saveBegan();
      } else if (state === 'completed') {
        isTold = false;
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

  /** Say once that what is typed does not get to the server. */
  private _tellFailure(context: Context, error: Error): void {
    const { host, trans } = this._nexus;
    const name = context.path.split('/').pop() ?? context.path;
    const text = trans.__(
      '“%1” is not saved yet, and this browser keeps what you typed: %2',
      name,
      messageOf(error)
    );
    host.tell({ kind: 'warning', text, lastsMs: FAILED_MS });
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
    const theirs = await versionOnServer(this._nexus, this._contents, context.path);
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
