/** What is looked for, and the key that leads there. Pure. */

import type { HitList } from '../api/contract';
import { routes } from '../api/routes';
import type { Resource } from '../model/resource';

export interface Searched {
  id: number;
  words: string;
  hits: Resource<HitList>;
}

type Asked = [address: typeof routes.search, query: { q: string; limit: number }];

const MOST_HITS = 30;
let searches = 0;

/** Begin a search; null where there is no word. */
export function searchFor(words: string, ask: (asked: Asked) => Resource<HitList>): Searched | null {
  const q = words.trim();
  if (q === '') {
    return null;
  }
  const hits = ask([routes.search, { q, limit: MOST_HITS }]);
  void hits.ensure();
  searches++;
  return { id: searches, words: q, hits };
}

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
  /** whether it was pressed where somebody writes */
  isWriting: boolean;
}

/** A slash leads to the search, except where it is written into something. */
export function leadsToSearch(pressed: Pressed): boolean {
  const { key, ctrlKey, metaKey, altKey, defaultPrevented, isWriting } = pressed;
  return key === '/' && !(ctrlKey || metaKey || altKey || defaultPrevented || isWriting);
}
