/** A value that comes from the server: loading, there, or failed, and who wants to know. */

export type Loadable<T> =
  | { status: 'idle'; data: undefined; error: undefined }
  | { status: 'loading'; data: T | undefined; error: undefined }
  | { status: 'ready'; data: T; error: undefined }
  | { status: 'failed'; data: T | undefined; error: unknown };

const IDLE = { status: 'idle', data: undefined, error: undefined } as const;

export class Resource<T> {
  private _state: Loadable<T> = IDLE;
  private _listeners = new Set<() => void>();
  private _run = 0;
  /** it changed on the server while nobody looked */
  private _isStale = false;
  private _latest: Promise<void> = Promise.resolve();

  constructor(private readonly _fetch: () => Promise<T>) {}

  /** The present state; the same object until something changes, as React's stores ask. */
  readonly snapshot = (): Loadable<T> => this._state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  get data(): T | undefined {
    return this._state.data;
  }

  /** Fetch unless it is there, and still good, or on its way. */
  async ensure(): Promise<void> {
    if (this._isStale || this._state.status === 'idle' || this._state.status === 'failed') {
      await this.reload();
    }
  }

  /** Fetch again; what was there stays visible meanwhile. Resolves when the newest answer is there, whoever asked for it. */
  async reload(): Promise<void> {
    this._latest = this._load();
    let awaited: Promise<void> | null = null;
    while (awaited !== this._latest) {
      awaited = this._latest;
      await awaited;
    }
  }

  private async _load(): Promise<void> {
    const run = ++this._run;
    this._isStale = false;
    this._become({ status: 'loading', data: this._state.data, error: undefined });
    try {
      const data = await this._fetch();
      if (run === this._run) {
        this._become({ status: 'ready', data, error: undefined });
      }
    } catch (error) {
      if (run === this._run) {
        this._become({ status: 'failed', data: this._state.data, error });
      }
    }
  }

  /** It changed on the server: fetch it again for who looks at it, or, where nobody does, at the next look. */
  async refresh(): Promise<void> {
    if (this._listeners.size > 0) {
      await this.reload();
    } else {
      this._isStale = true;
    }
  }

  /** Take a value that is known already. */
  set(data: T): void {
    this._run++;
    this._isStale = false;
    this._become({ status: 'ready', data, error: undefined });
  }

  /** Change the value in place, if there is one. */
  update(change: (data: T) => T): void {
    if (this._state.data !== undefined) {
      const isStale = this._isStale;
      this.set(change(this._state.data));
      this._isStale = isStale;
    }
  }

  private _become(state: Loadable<T>): void {
    this._state = state;
    for (const listener of [...this._listeners]) {
      listener();
    }
  }
}

/** One resource per key, made when first asked for. */
export class ResourceMap<T> {
  private readonly _byKey = new Map<string, Resource<T>>();

  constructor(private readonly _fetch: (key: string) => Promise<T>) {}

  get(key: string): Resource<T> {
    let resource = this._byKey.get(key);
    if (!resource) {
      resource = new Resource(() => this._fetch(key));
      this._byKey.set(key, resource);
    }
    return resource;
  }

  /** What is there already, of whatever key. */
  loaded(): T[] {
    return [...this._byKey.values()].flatMap(({ data }) => (data === undefined ? [] : [data]));
  }

  refresh(): Promise<unknown> {
    return Promise.all([...this._byKey.values()].map(resource => resource.refresh()));
  }
}
