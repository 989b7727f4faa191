/** JupyterLab's saves of one document, one after the other: of two at once each takes the other's for somebody else's. */
export class SaveTurns {
  private _last: Promise<void> = Promise.resolve();
  /** the save that begins when the one under way is over */
  private _next: { turn: Promise<void>; isQuiet: boolean } | null = null;
  private _isQuiet = false;

  constructor(private readonly _save: () => Promise<void>) {}

  /** Save what is there when its turn comes; quiet: nobody asked for it. */
  save({ isQuiet = false } = {}): Promise<void> {
    this._next ??= this._queue();
    this._next.isQuiet &&= isQuiet;
    return this._next.turn;
  }

  /** Whether nobody asked for the save that is under way. */
  get isQuiet(): boolean {
    return this._isQuiet;
  }

  /** Resolves when what was asked for until now is over, however it ended. */
  get settled(): Promise<void> {
    return this._last;
  }

  private _queue(): { turn: Promise<void>; isQuiet: boolean } {
    const turn = this._last.then(() => {
      this._isQuiet = this._next?.isQuiet ?? false;
      this._next = null;
      return this._save();
    });
    this._last = turn.catch(() => undefined);
    return { turn, isQuiet: true };
  }
}
