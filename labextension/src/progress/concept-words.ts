/** How a concept stands, in words. Pure. */

import type { Concept } from '../api/contract';

export type Standing = 'new' | 'learning' | 'due' | 'mastered';

export function standingOf({
  looks,
  is_mastered,
  is_due
}: Pick<Concept, 'looks' | 'is_mastered' | 'is_due'>): Standing {
  if (looks === 0) {
    return 'new';
  }
  return is_due ? 'due' : is_mastered ? 'mastered' : 'learning';
}

export function standingWord(standing: Standing, trans: { __: (text: string) => string }): string {
  switch (standing) {
    case 'new':
      return trans.__('not met yet');
    case 'learning':
      return trans.__('on the way');
    case 'due':
      return trans.__('time to look again');
    case 'mastered':
      return trans.__('known well');
  }
}

/** The concepts that were met, by roadmap, in their order; a roadmap of which none was met is left out. */
export function metByRoadmap<C extends Pick<Concept, 'roadmap' | 'looks'>>(concepts: C[]): [string, C[]][] {
  const slugs = [...new Set(concepts.filter(({ looks }) => looks > 0).map(({ roadmap }) => roadmap))];
  return slugs.map(slug => [slug, concepts.filter(({ roadmap }) => roadmap === slug)]);
}
