/** Labs that are about to be opened: their kernel starts and their notebook is asked for while the code of their page loads. */

import type { Contents, Session } from '@jupyterlab/services';
import type { NexusHandler } from '../api/handler';
import { jupyterRoutes, routes } from '../api/routes';
import { readersWords } from '../words';
import type { JupyterApi } from './jupyter-api';

export interface StartedLab {
  path: string;
  /** null: the notebook names it */
  kernelName: string | null;
  /** the notebook's session, whose kernel may still wait for its turn; null: it has to be asked for */
  session: Promise<Session.IModel | null>;
  /** the notebook's file; null: it has to be asked for */
  notebook: Promise<Contents.IModel | null>;
}

/** What nobody has asked for yet. */
export const NOTHING_ASKED: Pick<StartedLab, 'session' | 'notebook'> = {
  session: Promise.resolve(null),
  notebook: Promise.resolve(null)
};

interface Start {
  lab: Promise<StartedLab>;
  /** milliseconds, by the clock of the starts */
  begun: number;
}

/** milliseconds for which a notebook that was asked for ahead is taken for what it is */
const NOTEBOOK_FRESH_MS = 30_000;

export class LabStarts {
  /** `putAway` waits until what was left before is saved: who comes back at once reads it. */
  private readonly _starts = new Map<string, Start>();

  constructor(
    private readonly _api: NexusHandler,
    private readonly _jupyter: JupyterApi,
    private readonly _loadPage: () => Promise<unknown>,
    private readonly _putAway: () => Promise<unknown> = async () => undefined,
    private readonly _now: () => number = () => performance.now()
  ) {}

  /** Start what a lab needs, unless that is under way. */
  begin(nodeId: string): void {
    this._start(nodeId).lab.catch(() => undefined); // told when the page asks for it
    this._loadPage().catch(() => undefined);
  }

  /** What was started for a lab; the next visit starts anew. */
  async take(nodeId: string): Promise<StartedLab> {
    try {
      const { lab, begun } = this._start(nodeId);
      const started = await lab;
      // whoever left before the page was there may have written in it elsewhere
      return this._now() - begun > NOTEBOOK_FRESH_MS ? { ...started, ...NOTHING_ASKED } : started;
    } finally {
      this._starts.delete(nodeId);
    }
  }

  private _start(nodeId: string): Start {
    const known = this._starts.get(nodeId);
    if (known) {
      return known;
    }
    const start = { lab: this._open(nodeId), begun: this._now() };
    this._starts.set(nodeId, start);
    return start;
  }

  private async _open(nodeId: string): Promise<StartedLab> {
    // the server need not wait for this page, which is busy reading code by then
    const opened = await this._api.post(routes.openNode(nodeId), { start_kernel: true });
    const { path, kernel_name: kernelName } = opened;
    if (!path || !kernelName) {
      throw new Error(readersWords().__('This step has no notebook.'));
    }
    await this._putAway();
    const session = this._askForSession(path, kernelName);
    // whatever is wrong is told by the notebook, which asks again
    const notebook = this._jupyter.get<Contents.IModel>(jupyterRoutes.notebook(path)).catch(() => null);
    return { path, kernelName, session, notebook };
  }

  /** The session of the notebook, as JupyterLab would ask for it; where there is one, that one. */
  private _askForSession(path: string, kernelName: string): Promise<Session.IModel | null> {
    const name = path.split('/').pop() ?? path;
    const body = { path, name, type: 'notebook', kernel: { name: kernelName } };
    return this._jupyter.post<Session.IModel>(jupyterRoutes.sessions, body).catch(() => null);
  }
}
