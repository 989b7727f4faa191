/** A small piece of state that components can watch; each change is a new object. */

export class Observable<S extends object> {
  private _listeners = new Set<() => void>();

  constructor(private _state: S) {}

  /** The present state; the same object until something changes. */
  readonly snapshot = (): S => this._state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  set(change: Partial<S>): void {
    this._state = { ...this._state, ...change };
    for (const listener of [...this._listeners]) {
      listener();
    }
  }
}
