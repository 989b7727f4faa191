/** What the components ask of the application around them: JupyterLab's shell, or the learner's application. */

import type { NodeType } from './api/contract';

export type Place =
  | {
      page:
        | 'home'
        | 'leaderboard'
        | 'badges'
        | 'forum'
        | 'playground'
        | 'profile'
        | 'progress'
        | 'practice'
        | 'teaching'
        | 'administration'
        | 'tutor';
    }
  /** null: all roadmaps */
  | { page: 'roadmap'; slug: string | null }
  /** a note, a video or a lab; a lab opens its notebook */
  | { page: 'node'; id: string }
  /** a notebook of the workspace */
  | { page: 'notebook'; path: string };

export type PageName = Place['page'];

export interface Question {
  title: string;
  text?: string;
  /** what agreeing is called */
  yes: string;
  /** what leaving everything as it is is called */
  no?: string;
}

export type NewsKind = 'success' | 'info' | 'warning' | 'error';

export interface News {
  kind: NewsKind;
  text: string;
  /** milliseconds until it goes by itself; null: it stays until somebody closes it */
  lastsMs: number | null;
  action?: { label: string; run: () => void };
}

export interface Host {
  /** Show a place; resolves when it can be seen, throws what a person should know. */
  open: (place: Place) => Promise<void>;
  /** Somebody will probably go on to such a step: what its page needs may be loaded when there is nothing else to do. */
  prepare?: (type: NodeType) => void;
  /** Say something that needs no answer. */
  tell: (news: News) => void;
  /** Whether a person agrees; leaving things as they are is preset. */
  confirm: (question: Question) => Promise<boolean>;
  /** What a person types; null for nothing. */
  ask: (question: Question) => Promise<string | null>;
  /** Save everything, end the session and leave; stays where something cannot be saved and the person wants that. */
  signOut: () => Promise<void>;
  theme: Theme;
  /** the learner's other application, which has the same files and kernels */
  other: { name: string; address: string };
}

export interface Theme {
  isDark: () => boolean;
  /** Change it here and wherever else the learner logs in. */
  choose: (dark: boolean) => Promise<void>;
}
