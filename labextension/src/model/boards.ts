/** Which leaderboards there are for a learner, and how each is asked for. Pure. */

import type { BoardName } from '../api/contract';

export type BoardKey = BoardName | 'league' | 'last_week' | `class/${string}`;

interface Asked {
  board: BoardName;
  query: { league?: 'mine'; week?: 'last'; cohort?: string };
}

/** How to ask for a board. */
export function askFor(key: string): Asked {
  if (key.startsWith('class/')) {
    return { board: 'weekly_xp', query: { cohort: key.slice('class/'.length) } };
  }
  switch (key) {
    case 'league':
      return { board: 'weekly_xp', query: { league: 'mine' } };
    case 'last_week':
      return { board: 'weekly_xp', query: { week: 'last' } };
    default:
      return { board: key as BoardName, query: {} };
  }
}
