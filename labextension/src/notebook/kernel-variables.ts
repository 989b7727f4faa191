import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { firstLook, type Look, nextLook, VARIABLES, variablesOf } from '../lab/variables';
import { Observable } from '../model/observable';

interface Expression {
  status: string;
  data?: Record<string, unknown>;
}

/** A Python kernel's variables, asked for after each cell while somebody looks. */
export class KernelVariables extends Observable<{ look: Look | null }> {
  private _isWatched = false;
  private _isAsking = false;
  private _asksAgain = false;

  constructor(private readonly _notebook: NotebookPanel) {
    super({ look: null });
    const { sessionContext } = _notebook;
    const ran = (_: unknown, { notebook }: { notebook: NotebookPanel['content'] }) => {
      if (notebook === _notebook.content) {
        void this._ask();
      }
    };
    NotebookActions.executed.connect(ran);
    _notebook.disposed.connect(() => NotebookActions.executed.disconnect(ran));
    sessionContext.kernelChanged.connect(() => this.set({ look: null }));
    sessionContext.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') {
        this.set({ look: null });
      }
    });
  }

  /** Whether they are looked at: nothing is asked while they are not. */
  watch(isWatched: boolean): void {
    this._isWatched = isWatched;
    this.set({ look: null });
    void this._ask();
  }

  private async _ask(): Promise<void> {
    if (this._isAsking) {
      this._asksAgain = true;
      return;
    }
    this._isAsking = true;
    do {
      this._asksAgain = false;
      await this._askOnce().catch(() => undefined); // the kernel ended, or was left
    } while (this._asksAgain);
    this._isAsking = false;
  }

  private async _askOnce(): Promise<void> {
    const kernel = this._notebook.sessionContext.session?.kernel;
    if (!this._isWatched || !kernel || (await kernel.info).language_info.name !== 'python') {
      return;
    }
    const request = { code: '', silent: true, store_history: false, user_expressions: { all: VARIABLES } };
    const { content } = await kernel.requestExecute(request).done;
    if (content.status !== 'ok' || !this._isWatched) {
      return;
    }
    const { all } = content.user_expressions as unknown as Record<string, Expression>;
    const found = all?.status === 'ok' ? variablesOf(all.data?.['application/json']) : null;
    const { look } = this.snapshot();
    if (found) {
      this.set({ look: look ? nextLook(look, found) : firstLook(found) });
    }
  }
}
