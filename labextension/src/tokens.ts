import { Token } from '@lumino/coreutils';
import type { NexusModel } from './model';

export type INexusModel = NexusModel;

export const INexusModel = new Token<INexusModel>(
  'nexusai:INexusModel',
  'What the client knows of the learner: profile, roadmaps, progress, and the event socket.'
);

export const PLUGIN_PREFIX = 'nexusai';

export const CommandIds = {
  openHome: 'nexus:open-home',
  openRoadmap: 'nexus:open-roadmap',
  openNode: 'nexus:open-node',
  openLeaderboard: 'nexus:open-leaderboard',
  openBadges: 'nexus:open-badges',
  signOut: 'nexus:sign-out'
} as const;
