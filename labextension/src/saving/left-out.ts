/** What the server left out of a file when it saved it, told once. */

/** A change of a file, as JupyterLab's contents tell of it; `message` is the server's word on a save. */
export interface FileChange {
  type: string;
  newValue?: { path?: string; message?: string | null } | null;
}

export class LeftOut {
  /** what was told last, by path */
  private readonly _told = new Map<string, string>();

  /** What a person is to be told of this change; null when it is nothing, or nothing new. */
  notice({ type, newValue }: FileChange): string | null {
    const path = newValue?.path;
    if (type !== 'save' || path === undefined) {
      return null;
    }
    const message = newValue?.message ?? '';
    if (!message) {
      this._told.delete(path);
      return null;
    }
    if (this._told.get(path) === message) {
      // saved again every few seconds
      return null;
    }
    this._told.set(path, message);
    return `${path.split('/').pop()}: ${message}`;
  }
}
