/** What one notebook's kernel is going through, from the event socket and from the kernel's own connection. */

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { NexusEvent } from '../api/contract';
import { Observable } from '../model/observable';
import type { KernelTrouble } from './trouble';

/** a connection that is back at once was never worth a word */
const PATIENCE_MS = 1_500;

type KernelEvent = Extract<NexusEvent, { type: 'kernel.died' | 'cell.interrupted' | 'kernel.limit' }>;

export class KernelWatch extends Observable<{ trouble: KernelTrouble | null }> {
  /** the last kernel that this notebook had; a dead one may be gone from the session already */
  private _kernelId: string | null = null;
  private _wasConnected = false;
  /** Whether the connection is a newer one than what was last told of the kernel's end. */
  private _isNewSinceDeath = false;
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly _context: ISessionContext) {
    super({ trouble: null });
    _context.kernelChanged.connect((_, { newValue }) => this._follow(newValue));
    _context.connectionStatusChanged.connect((_, status) => this._onConnection(status));
    _context.statusChanged.connect((_, status) => this._onStatus(status));
    this._follow(_context.session?.kernel ?? null);
  }

  /** Take an event in; whether it was about this notebook's kernel. */
  take(event: NexusEvent): boolean {
    if (!('kernel_id' in event)) {
      return false;
    }
    if (event.type === 'queue.position') {
      return this._wait(event.kernel_id, event.position, event.wait_s ?? null);
    }
    if (event.kernel_id !== this._kernelId) {
      return false;
    }
    this._isNewSinceDeath &&= event.type !== 'kernel.died';
    this._become(troubleOf(event));
    return true;
  }

  /** Whether it ended; the event socket may say so before the kernel's own connection does. */
  get isOver(): boolean {
    return this.snapshot().trouble?.kind === 'died' || isDead(this._context);
  }

  dismiss(): void {
    this._become(null);
  }

  async restart(): Promise<void> {
    await startAgain(this._context);
    this._become(null);
  }

  /** Try again; a notebook that lost its session along with the connection gets a new one. */
  async reconnect(): Promise<void> {
    const kernel = this._context.session?.kernel;
    await (kernel ? kernel.reconnect() : startAgain(this._context));
  }

  dispose(): void {
    this._stopTimer();
  }

  private _wait(kernelId: string, position: number, seconds: number | null): boolean {
    const current = this._context.session?.kernel?.id;
    const mine = current === undefined ? !this._context.isReady : current === kernelId;
    if (mine) {
      this._become({ kind: 'waiting', position, seconds });
    }
    return mine;
  }

  private _follow(kernel: Kernel.IKernelConnection | null): void {
    if (kernel && kernel.status !== 'dead') {
      this._kernelId = kernel.id;
      this._wasConnected = kernel.connectionStatus === 'connected';
      this._forget('waiting', 'died', 'lost', 'given-up', 'limit', 'interrupted');
    }
  }

  private _onStatus(status: Kernel.Status): void {
    if (status === 'idle' || status === 'busy') {
      this._forget('waiting');
      // What the kernel said before its end may come after the news of it, on another socket.
      if (this._isNewSinceDeath) {
        this._forget('died');
      }
    }
    if (status === 'restarting' || status === 'starting') {
      this._forget('died', 'limit', 'interrupted');
    }
  }

  private _onConnection(status: Kernel.ConnectionStatus): void {
    this._stopTimer();
    if (status === 'connected') {
      this._wasConnected = true;
      this._isNewSinceDeath = true;
      this._forget('lost', 'given-up');
    } else if (status === 'disconnected' && this._isKnownAlive()) {
      this._become({ kind: 'given-up' });
    } else if (this._wasConnected && this._isKnownAlive()) {
      this._timer = setTimeout(() => this._become({ kind: 'lost' }), PATIENCE_MS);
    }
  }

  private _isKnownAlive(): boolean {
    return this.snapshot().trouble?.kind !== 'died' && this._context.session?.kernel?.status !== 'dead';
  }

  private _forget(...kinds: KernelTrouble['kind'][]): void {
    const { trouble } = this.snapshot();
    if (trouble && kinds.includes(trouble.kind)) {
      this._become(null);
    }
  }

  private _become(trouble: KernelTrouble | null): void {
    this._stopTimer();
    this.set({ trouble });
  }

  private _stopTimer(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }
}

function troubleOf(event: KernelEvent): KernelTrouble {
  switch (event.type) {
    case 'kernel.died':
      return { kind: 'died', reason: event.reason, message: event.message };
    case 'cell.interrupted':
      return { kind: 'interrupted', message: event.message };
    case 'kernel.limit':
      return { kind: 'limit', limit: event.limit, message: event.message };
  }
}

function isDead(context: ISessionContext): boolean {
  return context.session?.kernel?.status === 'dead';
}

/** Give a notebook whose kernel ended a new one of the same kind, in the same session where that still is. */
export async function startAgain(context: ISessionContext): Promise<void> {
  await context.changeKernel({ name: context.session?.kernel?.name ?? context.prevKernelName });
}
