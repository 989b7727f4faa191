/**
 * JupyterLab's services for a page that knows what it opens: nothing is listed before it is needed, and what was asked
 * for while the code was loading is not asked for again.
 */

import {
  type Contents,
  ContentsManager,
  Drive,
  type Kernel,
  KernelManager,
  type KernelSpec,
  KernelSpecAPI,
  KernelSpecManager,
  type ServerConnection,
  type ServiceManager,
  type Session,
  SessionManager
} from '@jupyterlab/services';

/** What a document needs of JupyterLab's services. */
export type Services = Pick<
  ServiceManager.IManager,
  'contents' | 'kernels' | 'kernelspecs' | 'serverSettings' | 'ready'
> & { sessions: LabSessions; drive: LabDrive };

/** milliseconds for which the list of languages is not asked for again */
const SPECS_KEPT_MS = 30_000;

export function labServices(serverSettings: ServerConnection.ISettings): Services {
  const kernelSpecAPIClient = keptSpecs(serverSettings);
  const kernels = new LabKernels({ serverSettings, kernelSpecAPIClient });
  const sessions = new LabSessions({ serverSettings, kernelManager: kernels });
  const kernelspecs = new KernelSpecManager({ serverSettings, kernelSpecAPIClient });
  const drive = new LabDrive({ serverSettings });
  const contents = new ContentsManager({ serverSettings, defaultDrive: drive });
  return { serverSettings, kernels, sessions, kernelspecs, contents, drive, ready: Promise.resolve() };
}

/** Kernels: the list is read now and then to look after those that are connected, and there are none in the beginning. */
export class LabKernels extends KernelManager {
  private _isWanted = false;
  private _isConnecting = false;

  /** The server has just told of this kernel: it is not asked at once whether that is true. */
  override connectTo(
    options: Omit<Kernel.IKernelConnection.IOptions, 'serverSettings'>
  ): Kernel.IKernelConnection {
    this._isConnecting = true;
    try {
      return super.connectTo(options);
    } finally {
      this._isConnecting = false;
    }
  }

  override async refreshRunning(): Promise<void> {
    this._isWanted = true;
    if (!this._isConnecting) {
      await super.refreshRunning();
    }
  }

  override async requestRunning(): Promise<void> {
    if (this._isWanted) {
      await super.requestRunning();
    }
  }
}

/** Sessions: the one that was asked for already is waited for, and found without the list. */
export class LabSessions extends SessionManager {
  private readonly _expected = new Set<Promise<Session.IModel | null>>();
  private readonly _told = new Map<string, Session.IModel>();
  private _isWanted = false;
  private _isConnecting = false;

  /** Wait for what the server says before anything else is looked for; null: there is nothing to wait for. */
  expect(session: Promise<Session.IModel | null>): void {
    this._expected.add(session);
    void session.then(model => {
      this._expected.delete(session);
      if (model) {
        this._told.set(model.path, model);
      }
    });
  }

  /** A notebook that was put away takes nothing any more. */
  forget(path: string): void {
    this._told.delete(path);
  }

  override get ready(): Promise<void> {
    return Promise.resolve();
  }

  override running(): IterableIterator<Session.IModel> {
    return [...this._told.values(), ...super.running()].values();
  }

  override connectTo(
    options: Omit<Session.ISessionConnection.IOptions, 'connectToKernel' | 'serverSettings'>
  ): Session.ISessionConnection {
    this._told.delete(options.model.path);
    this._isConnecting = true;
    try {
      return super.connectTo(options);
    } finally {
      this._isConnecting = false;
    }
  }

  /** While a session is waiting to be taken, the list is not looked at: it may be older. */
  override async refreshRunning(): Promise<void> {
    if (this._isConnecting) {
      this._isWanted = true; // at the next regular look
      return;
    }
    await Promise.all(this._expected);
    if (this._told.size === 0) {
      this._isWanted = true;
      await super.refreshRunning();
    }
  }

  override async requestRunning(): Promise<void> {
    if (this._isWanted) {
      await super.requestRunning();
    }
  }
}

/** Files: the notebook that was asked for early is given once, and copies for going back to come last. */
export class LabDrive extends Drive {
  private readonly _told = new Map<string, Contents.IModel>();
  private _urgent: Promise<unknown> = Promise.resolve();

  /** No copy for going back to is looked for or made before `urgent` has ended, however it ends. */
  putFirst(urgent: Promise<unknown>): void {
    this._urgent = urgent.catch(() => undefined);
  }

  override async listCheckpoints(path: string): Promise<Contents.ICheckpointModel[]> {
    await this._urgent;
    return super.listCheckpoints(path);
  }

  tell(model: Contents.IModel): void {
    this._told.set(model.path, model);
  }

  override async get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    const told = this._told.get(path);
    this._told.delete(path);
    return told && options?.content ? told : super.get(path, options);
  }
}

/** Which languages there are is asked by each connection to a kernel, too. */
function keptSpecs(serverSettings: ServerConnection.ISettings): KernelSpec.IKernelSpecAPIClient {
  let kept: { reply: Promise<KernelSpecAPI.ISpecModels>; at: number } | null = null;
  return {
    serverSettings,
    get: () => {
      if (kept === null || performance.now() - kept.at > SPECS_KEPT_MS) {
        const reply = KernelSpecAPI.getSpecs(serverSettings);
        kept = { reply, at: performance.now() };
        reply.catch(() => {
          kept = null;
        });
      }
      return kept.reply;
    }
  };
}
