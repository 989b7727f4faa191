/** Where an instructor is on the teaching page. */

import { createContext, useContext } from 'react';
import type { Cohort } from '../api/contract';

export type TeachingTab =
  | 'classes'
  | 'gradebook'
  | 'progress'
  | 'concepts'
  | 'orders'
  | 'submissions'
  | 'marking'
  | 'terms'
  | 'similarity'
  | 'preview'
  | 'drafts'
  | 'tutor'
  | 'help'
  | 'content';

export interface TeachingView {
  tab: TeachingTab;
  /** slug of the roadmap; empty: the first one */
  slug: string;
  /** empty: the first one, or all */
  nodeId: string;
  /** empty: all my students */
  cohortId: string;
  /** empty: everybody */
  userId: string;
  /** a submission that is looked at */
  submissionId: string;
}

export interface Teaching {
  view: TeachingView;
  cohorts: Cohort[];
  show: (change: Partial<TeachingView>) => void;
}

/** a class, and what reads my classes again */
export interface OfCohort {
  cohort: Cohort;
  /** read my classes again */
  reload: () => Promise<void>;
}

const TeachingContext = createContext<Teaching | null>(null);

export const TeachingProvider = TeachingContext.Provider;

export function useTeaching(): Teaching {
  const teaching = useContext(TeachingContext);
  if (!teaching) {
    throw new Error('This component belongs into the teaching page.');
  }
  return teaching;
}

/** Whether I run a class, and do not only mark in it. */
export function useRuns(cohortId: string): boolean {
  const { cohorts } = useTeaching();
  return cohorts.some(({ id, my_role }) => id === cohortId && my_role === 'instructor');
}
