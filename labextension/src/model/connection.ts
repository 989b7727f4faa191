/** Whether the server can be reached and whether the login holds: what requests wait for, and what the page says. */

import { pauseAfter } from './events';
import { Observable } from './observable';

export interface Reach {
  /** the server answers, as far as anybody knows */
  online: boolean;
  signedIn: boolean;
}

export interface ConnectionOptions {
  /** ask the server for a sign of life */
  probe?: () => Promise<boolean>;
  schedule?: (run: () => void, delayMs: number) => unknown;
}

export class Connection extends Observable<Reach> {
  private readonly _probe: () => Promise<boolean>;
  private readonly _schedule: (run: () => void, delayMs: number) => unknown;
  private _leaving = false;
  private _failures = 0;

  constructor(options: ConnectionOptions = {}) {
    super({ online: true, signedIn: true });
    this._probe = options.probe ?? (async () => false);
    this._schedule = options.schedule ?? ((run, delayMs) => setTimeout(run, delayMs));
  }

  /** Whether a request has a chance. */
  get isUsable(): boolean {
    const { online, signedIn } = this.snapshot();
    return online && signedIn;
  }

  /** Resolves as soon as a request has a chance. */
  usable(): Promise<void> {
    if (this.isUsable) {
      return Promise.resolve();
    }
    return new Promise(resolve => {
      const stop = this.subscribe(() => {
        if (this.isUsable) {
          stop();
          resolve();
        }
      });
    });
  }

  /** A request found no server: ask now and then until one answers. */
  lost(): void {
    if (this.snapshot().online) {
      this.set({ online: false });
      this._failures = 0;
      this._askLater();
    }
  }

  /** The server answered. */
  reached(): void {
    this._change({ online: true });
  }

  /** The login ended, here or in another tab. */
  ended(): void {
    if (!this._leaving) {
      this._change({ signedIn: false });
    }
  }

  /** The learner logged in again. */
  renewed(): void {
    this._change({ online: true, signedIn: true });
  }

  /** The learner logs out on purpose: nobody asks for another login. */
  leave(isLeaving: boolean): void {
    this._leaving = isLeaving;
  }

  /** A socket closed: find out at once whether the server is still there. */
  async doubt(): Promise<void> {
    if (await this._probe().catch(() => false)) {
      this.reached();
    } else {
      this.lost();
    }
  }

  /** Ask for a sign of life now. */
  async ask(): Promise<void> {
    if (this.snapshot().online) {
      return;
    }
    if (await this._probe().catch(() => false)) {
      this.reached();
    }
  }

  private _askLater(): void {
    this._failures++;
    this._schedule(async () => {
      await this.ask();
      if (!this.snapshot().online) {
        this._askLater();
      }
    }, pauseAfter(this._failures));
  }

  private _change(change: Partial<Reach>): void {
    const now = this.snapshot();
    if (Object.entries(change).some(([name, value]) => now[name as keyof Reach] !== value)) {
      this.set(change);
    }
  }
}
