/** The event socket: reconnects for ever with growing pauses, and says when it is back. */

import type { NexusEvent } from '../api/contract';

export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

export interface EventStreamOptions {
  /** `after` is the cursor of what was heard last: what happened since follows, if the server still has it */
  connect: (after: string | null) => SocketLike;
  onEvent: (event: NexusEvent) => void;
  onConnected?: () => void;
  /** connected again, and what happened meanwhile is known to nobody */
  onMissed?: () => void;
  onDisconnected?: () => void;
  /** the login ended: whether there is a new one to connect with */
  mayReconnect?: () => Promise<boolean>;
  schedule?: (run: () => void, delayMs: number) => unknown;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** WebSocket close code of the server: the login ended, do not come back with the same one */
const LOGIN_ENDED = 4401;
/** cursors that are remembered: the server tells some of what was heard a second time */
const MAX_REMEMBERED = 500;

/** An event as it is on the socket. */
type Told = NexusEvent & { cursor?: string };

export class EventStream {
  private _socket: SocketLike | null = null;
  private _failures = 0;
  private _opened = 0;
  private _closed = false;
  /** for the pause to end, or for a new login */
  private _waiting = false;
  /** of what was heard last */
  private _cursor: string | null = null;
  private readonly _heard = new Set<string>();
  private readonly _schedule: (run: () => void, delayMs: number) => unknown;

  constructor(private readonly _options: EventStreamOptions) {
    this._schedule = _options.schedule ?? ((run, delayMs) => setTimeout(run, delayMs));
  }

  /** Whether events arrive right now; when not, ask the server instead. */
  get connected(): boolean {
    return this._opened > 0 && this._failures === 0;
  }

  open(): void {
    if (this._closed) {
      return;
    }
    this._waiting = false;
    const socket = this._options.connect(this._cursor);
    this._socket = socket;
    socket.onopen = () => {
      this._failures = 0;
      this._opened++;
      this._options.onConnected?.();
    };
    socket.onmessage = message => {
      const event = parseEvent(message.data);
      if (event && this._isNew(event)) {
        this._options.onEvent(event);
      }
    };
    socket.onclose = event => void this._lost(event?.code === LOGIN_ENDED);
  }

  /** Do not wait for the pause to end; also after the login ended and there is a new one. */
  retryNow(): void {
    if (!this._closed && this._waiting) {
      this.open();
    }
  }

  close(): void {
    this._closed = true;
    this._socket?.close();
  }

  /** Note how far we are; false for what was heard before. */
  private _isNew(event: Told): boolean {
    if (event.type === 'hello') {
      if (this._opened > 1 && !event.is_resumed) {
        this._options.onMissed?.();
      }
      this._cursor = event.cursor || null;
      return true;
    }
    if (!event.cursor) {
      return true;
    }
    this._cursor = event.cursor;
    if (this._heard.has(event.cursor)) {
      return false;
    }
    this._heard.add(event.cursor);
    if (this._heard.size > MAX_REMEMBERED) {
      for (const oldest of this._heard) {
        this._heard.delete(oldest);
        break;
      }
    }
    return true;
  }

  private async _lost(loginEnded: boolean): Promise<void> {
    const isOver = loginEnded && !(await this._options.mayReconnect?.().catch(() => true));
    this._retry(isOver);
  }

  private _retry(isOver: boolean): void {
    if (this._closed) {
      return;
    }
    this._failures++;
    if (this._failures === 1) {
      this._options.onDisconnected?.();
    }
    this._waiting = true;
    if (!isOver) {
      // not all tabs of a class in the same moment
      this._schedule(() => this.retryNow(), pauseAfter(this._failures) * (0.5 + Math.random() / 2));
    }
  }
}

/** Milliseconds to wait after `failures` in a row: doubling, capped. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
}

/** Read one message; null for anything that is not an event. */
export function parseEvent(data: unknown): NexusEvent | null {
  if (typeof data !== 'string') {
    return null;
  }
  try {
    const value: unknown = JSON.parse(data);
    return typeof (value as NexusEvent | null)?.type === 'string' ? (value as NexusEvent) : null;
  } catch {
    return null;
  }
}
