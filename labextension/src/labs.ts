/** Which notebook belongs to which lab; remembered in the browser so that a reload keeps it. */

const STORAGE_KEY = 'nexusai:labs';

export class LabBook {
  private _byPath: Record<string, string>;

  constructor(private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this._byPath = readBook(_storage.getItem(STORAGE_KEY));
  }

  /** Find the node of a notebook. */
  find(path: string): string | null {
    return this._byPath[path] ?? null;
  }

  remember(path: string, nodeId: string): void {
    this._byPath = { ...this._byPath, [path]: nodeId };
    this._storage.setItem(STORAGE_KEY, JSON.stringify(this._byPath));
  }
}

function readBook(text: string | null): Record<string, string> {
  try {
    const book: unknown = JSON.parse(text ?? '{}');
    return book && typeof book === 'object' ? (book as Record<string, string>) : {};
  } catch {
    return {};
  }
}
