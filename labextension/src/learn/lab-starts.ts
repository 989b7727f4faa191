/** Labs that are about to be opened: notebook and kernel are asked for while the code of their page still loads. */

import type { NexusHandler } from '../api/handler';
import { jupyterRoutes, routes } from '../api/routes';
import type { JupyterApi } from './jupyter-api';

export interface StartedLab {
  path: string;
  /** null: the notebook names it */
  kernelName: string | null;
  /** settled when the server knows the notebook's session; its kernel may still wait for its turn */
  session: Promise<unknown>;
}

export class LabStarts {
  private readonly _starts = new Map<string, Promise<StartedLab>>();

  constructor(
    private readonly _api: NexusHandler,
    private readonly _jupyter: JupyterApi,
    private readonly _loadPage: () => Promise<unknown>
  ) {}

  /** Start what a lab needs, unless that is under way. */
  begin(nodeId: string): void {
    this._start(nodeId).catch(() => undefined); // told when the page asks for it
    this._loadPage().catch(() => undefined);
  }

  /** What was started for a lab; the next visit starts anew. */
  async take(nodeId: string): Promise<StartedLab> {
    try {
      return await this._start(nodeId);
    } finally {
      this._starts.delete(nodeId);
    }
  }

  private _start(nodeId: string): Promise<StartedLab> {
    const known = this._starts.get(nodeId);
    if (known) {
      return known;
    }
    const start = this._open(nodeId);
    this._starts.set(nodeId, start);
    return start;
  }

  private async _open(nodeId: string): Promise<StartedLab> {
    const { path, kernel_name: kernelName } = await this._api.post(routes.openNode(nodeId));
    if (!path || !kernelName) {
      throw new Error('This step has no notebook.');
    }
    return { path, kernelName, session: this._askForSession(path, kernelName) };
  }

  /** The session of the notebook, as JupyterLab would ask for it; where there is one, that one. */
  private _askForSession(path: string, kernelName: string): Promise<unknown> {
    const name = path.split('/').pop() ?? path;
    const body = { path, name, type: 'notebook', kernel: { name: kernelName } };
    // whatever is wrong is told by the notebook, which asks again
    return this._jupyter.post(jupyterRoutes.sessions, body).catch(() => undefined);
  }
}
