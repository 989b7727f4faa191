/** Which page of the application an address names, and the other way round. Pure. */

import { learnUrl } from '../api/routes';

export const SINGLE_PAGES = [
  'leaderboard',
  'badges',
  'forum',
  'playground',
  'profile',
  'progress',
  'practice',
  'teaching',
  'administration',
  'tutor',
  'search'
] as const;

export type Route =
  | { page: 'home' }
  | { page: (typeof SINGLE_PAGES)[number] }
  | { page: 'roadmap'; slug: string }
  /** a step of a roadmap, by its slugs: people read addresses */
  | { page: 'node'; roadmap: string; node: string }
  | { page: 'notebook'; path: string }
  | { page: 'unknown' };

/** The path of a page on a site that begins at `baseUrl`. */
export function pathOf(route: Route, baseUrl: string): string {
  return [learnUrl(baseUrl), ...partsOf(route).map(encodeURIComponent)].join('/');
}

function partsOf(route: Route): string[] {
  switch (route.page) {
    case 'home':
    case 'unknown':
      return [];
    case 'roadmap':
      return ['roadmaps', route.slug];
    case 'node':
      return ['roadmaps', route.roadmap, route.node];
    case 'notebook':
      return ['notebooks', ...route.path.split('/')];
    default:
      return [route.page];
  }
}

/** The page that a path names; addresses that lead nowhere are said to. */
export function routeOf(path: string, baseUrl: string): Route {
  const parts = readParts(path, baseUrl);
  if (parts === null) {
    return { page: 'unknown' };
  }
  const [first, ...rest] = parts;
  if (first === undefined) {
    return { page: 'home' };
  }
  if (first === 'roadmaps' && rest.length === 1) {
    return { page: 'roadmap', slug: rest[0] };
  }
  if (first === 'roadmaps' && rest.length === 2) {
    return { page: 'node', roadmap: rest[0], node: rest[1] };
  }
  if (first === 'notebooks' && rest.length > 0) {
    return { page: 'notebook', path: rest.join('/') };
  }
  const single = SINGLE_PAGES.find(page => page === first);
  return single && rest.length === 0 ? { page: single } : { page: 'unknown' };
}

/** The decoded parts below the application's own address; null for what is not below it or cannot be read. */
function readParts(path: string, baseUrl: string): string[] | null {
  const home = learnUrl(baseUrl);
  if (path !== home && !path.startsWith(`${home}/`)) {
    return null;
  }
  try {
    return path
      .slice(home.length)
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}
