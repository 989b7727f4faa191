/** What a learner typed and the server does not have yet, kept in this browser by learner and path. */

export interface Draft {
  learner: string;
  path: string;
  /** the whole document as it would be saved */
  text: string;
  /** milliseconds since 1970 */
  typedAt: number;
}

export interface DraftStore {
  find(learner: string, path: string): Promise<Draft | null>;
  keep(draft: Draft): Promise<void>;
  /** The same at once, for a page that is about to go. */
  keepNow(draft: Draft): void;
  forget(learner: string, path: string): Promise<void>;
}

const DATABASE = 'nexusai';
const STORE = 'drafts';

/** Drafts in IndexedDB, which takes notebooks of any size; what is typed last goes to `localStorage`, which does not wait. */
export class BrowserDrafts implements DraftStore {
  private _opened: Promise<IDBDatabase> | null = null;

  async find(learner: string, path: string): Promise<Draft | null> {
    const found = await this._do('readonly', store => store.get([learner, path]));
    const stored = (found as Draft | undefined) ?? null;
    const last = this._last(learner, path);
    return last && last.typedAt > (stored?.typedAt ?? 0) ? last : stored;
  }

  keepNow(draft: Draft): void {
    try {
      localStorage.setItem(keyOf(draft.learner, draft.path), JSON.stringify(draft));
    } catch {
      // too large for it: what IndexedDB has is a moment older
    }
  }

  async keep(draft: Draft): Promise<void> {
    await this._do('readwrite', store => store.put(draft));
  }

  async forget(learner: string, path: string): Promise<void> {
    localStorage.removeItem(keyOf(learner, path));
    await this._do('readwrite', store => store.delete([learner, path]));
  }

  private _last(learner: string, path: string): Draft | null {
    const text = localStorage.getItem(keyOf(learner, path));
    return text ? (JSON.parse(text) as Draft) : null;
  }

  private async _do(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    this._opened ??= open();
    const database = await this._opened;
    return answer(ask(database.transaction(STORE, mode).objectStore(STORE)));
  }
}

function keyOf(learner: string, path: string): string {
  return `nexusai:draft:${learner}:${path}`;
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['learner', 'path'] });
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps no drafts.'));
  });
}

interface NotebookText {
  cells?: { cell_type: string; source: string | string[] }[];
}

/** What a person typed in a document: of a notebook the cells, without outputs and metadata. */
export function typedText(text: string): string {
  const cells = cellsOf(text);
  return cells ? cells.join('\n\n') : text;
}

/** Whether two versions of a document hold the same work. */
export function isSameWork(one: string, other: string): boolean {
  return JSON.stringify(cellsOf(one) ?? one) === JSON.stringify(cellsOf(other) ?? other);
}

function cellsOf(text: string): string[] | null {
  try {
    const { cells } = JSON.parse(text) as NotebookText;
    return Array.isArray(cells)
      ? cells.map(
          ({ cell_type, source }) => `[${cell_type}]\n${Array.isArray(source) ? source.join('') : source}`
        )
      : null;
  } catch {
    return null;
  }
}
