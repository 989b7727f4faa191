/** Say in words what opens a locked node. Pure. */

import type { NodeSummary } from '../api/contract';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

type Titled = Pick<NodeSummary, 'slug' | 'title'>;

/**
 * A sentence about a prerequisite expression: a node's slug, `{all: [...]}`, `{any: [...]}` or
 * `{node: slug, min_score: share}`; empty when nothing is asked for.
 */
export function requirementText(requires: unknown, nodes: Titled[], words: Words): string {
  const text = describe(requires, nodes, words);
  return text ? words.__('Finish %1 first', text) : '';
}

/** Whether an expression asks for this one node and nothing else. */
export function asksOnlyFor(requires: Record<string, unknown>, slug: string): boolean {
  const { all, any } = requires;
  const items = [...(Array.isArray(all) ? all : []), ...(Array.isArray(any) ? any : [])];
  return items.length === 1 && items[0] === slug;
}

function describe(requires: unknown, nodes: Titled[], words: Words): string {
  if (typeof requires === 'string') {
    return words.__('“%1”', nodes.find(node => node.slug === requires)?.title ?? requires);
  }
  if (Array.isArray(requires)) {
    return joined(requires, words.__(' and '), nodes, words);
  }
  if (requires === null || typeof requires !== 'object') {
    return '';
  }
  const { all, any, node, min_score: minimum } = requires as Record<string, unknown>;
  if (Array.isArray(all)) {
    return joined(all, words.__(' and '), nodes, words);
  }
  if (Array.isArray(any)) {
    return joined(any, words.__(' or '), nodes, words);
  }
  const name = describe(node, nodes, words);
  return typeof minimum === 'number' && name
    ? words.__('%1 with at least %2%', name, Math.round(minimum * 100))
    : name;
}

function joined(parts: unknown[], between: string, nodes: Titled[], words: Words): string {
  return parts
    .map(part => describe(part, nodes, words))
    .filter(Boolean)
    .join(between);
}
