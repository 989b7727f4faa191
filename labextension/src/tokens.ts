import { Token } from '@lumino/coreutils';
import type { Nexus } from './components/context';
import type { NexusModel } from './model/model';
import type { Session } from './model/session';

export type INexusModel = NexusModel;

export const INexusModel = new Token<INexusModel>(
  'nexusai:INexusModel',
  'What the client knows of the learner: profile, roadmaps, progress, and the event socket.'
);

export type INexus = Nexus;

export const INexus = new Token<INexus>(
  'nexusai:INexus',
  'What every NexusAI component may reach: model, translation, commands, rendering.'
);

export type ISession = Session;

export const ISession = new Token<ISession>(
  'nexusai:ISession',
  'Whether the server is there and the login holds, and the client of the API.'
);

export interface ISaving {
  /** Save every document that was changed; false when something stays unsaved. */
  saveAll: () => Promise<boolean>;
  /** Save whatever was changed in the document at `path`. */
  save: (path: string) => Promise<boolean>;
}

export const ISaving = new Token<ISaving>(
  'nexusai:ISaving',
  'Saves documents soon after each edit, and keeps a draft until the server has it.'
);

export const PLUGIN_PREFIX = 'nexusai';

export const CommandIds = {
  openHome: 'nexus:open-home',
  openRoadmap: 'nexus:open-roadmap',
  openNode: 'nexus:open-node',
  openLeaderboard: 'nexus:open-leaderboard',
  openBadges: 'nexus:open-badges',
  check: 'nexus:check',
  submit: 'nexus:submit',
  hint: 'nexus:hint',
  openFeedback: 'nexus:open-feedback',
  openChat: 'nexus:open-chat',
  openForum: 'nexus:open-forum',
  openPlayground: 'nexus:open-playground',
  openProfile: 'nexus:open-profile',
  openProgress: 'nexus:open-progress',
  openPractice: 'nexus:open-practice',
  openTeaching: 'nexus:open-teaching',
  openAdministration: 'nexus:open-administration',
  studentView: 'nexus:student-view',
  signOut: 'nexus:sign-out'
} as const;
