/** Which notebooks are labs: their metadata say so, and what was opened from a roadmap in this tab is known by its path. */

import { Observable } from '../model/observable';

/** where a released notebook says whose lab it is */
export const LAB_METADATA = 'nexus';

export class LabBook {
  /** changes whenever another notebook becomes known as a lab */
  readonly changed = new Observable<{ nodes: Record<string, string> }>({ nodes: {} });

  /** Find the node of a notebook that was opened from its roadmap. */
  find(path: string): string | null {
    return this.changed.snapshot().nodes[path] ?? null;
  }

  remember(path: string, nodeId: string): void {
    this.changed.set({ nodes: { ...this.changed.snapshot().nodes, [path]: nodeId } });
  }
}

/** Find the node that a released notebook's metadata name. */
export function nodeOfMetadata(metadata: unknown): string | null {
  const id = (metadata as { node_id?: unknown } | null | undefined)?.node_id;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Where the server puts a lab's notebook, and where it looks for it when it is handed in. */
export function labPath(node: { roadmap_slug: string; slug: string }): string {
  return `${node.roadmap_slug}/${node.slug}/${node.slug}.ipynb`;
}
