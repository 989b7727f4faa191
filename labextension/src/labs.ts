/** Which notebook belongs to which lab; remembered in the browser so that a reload keeps it. */

import { Observable } from './observable';

const STORAGE_KEY = 'nexusai:labs';

type NodeByPath = Record<string, string>;

export class LabBook {
  /** changes whenever another notebook becomes known as a lab */
  readonly changed: Observable<{ nodes: NodeByPath }>;

  constructor(private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.changed = new Observable({ nodes: readBook(_storage.getItem(STORAGE_KEY)) });
  }

  /** Find the node of a notebook. */
  find(path: string): string | null {
    return this.changed.snapshot().nodes[path] ?? null;
  }

  remember(path: string, nodeId: string): void {
    const nodes = { ...this.changed.snapshot().nodes, [path]: nodeId };
    this._storage.setItem(STORAGE_KEY, JSON.stringify(nodes));
    this.changed.set({ nodes });
  }
}

function readBook(text: string | null): NodeByPath {
  try {
    const book: unknown = JSON.parse(text ?? '{}');
    return book && typeof book === 'object' ? (book as NodeByPath) : {};
  } catch {
    return {};
  }
}
