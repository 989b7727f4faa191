/** The application's pages; the code of each is loaded when it is first shown. */

import { lazy } from 'react';
import { mapStyles, notebookStyles } from './styles';

export const loadLabPage = async () => {
  const [page] = await Promise.all([import('./LabPage'), notebookStyles()]);
  return page;
};

/** Load a lab's page while there is nothing else to do. */
export function loadLabPageAhead(): void {
  const load = () => void loadLabPage().catch(() => undefined); // the page says so when it is opened
  if ('requestIdleCallback' in window) {
    window.requestIdleCallback(load);
  } else {
    setTimeout(load);
  }
}

const loadRoadmapMap = async () => {
  const [map] = await Promise.all([import('./RoadmapMap'), mapStyles()]);
  return map;
};

export const RoadmapMap = lazy(() => loadRoadmapMap().then(m => ({ default: m.RoadmapMap })));
export const HomePage = lazy(() => import('../components/HomePage').then(m => ({ default: m.HomePage })));
export const LeaderboardPage = lazy(() =>
  import('../components/LeaderboardPage').then(m => ({ default: m.LeaderboardPage }))
);
export const BadgesPage = lazy(() =>
  import('../components/BadgesPage').then(m => ({ default: m.BadgesPage }))
);
export const ForumPage = lazy(() => import('../forum/ForumPage').then(m => ({ default: m.ForumPage })));
export const PlaygroundPage = lazy(() =>
  import('../playground/PlaygroundPage').then(m => ({ default: m.PlaygroundPage }))
);
export const ProfilePage = lazy(() =>
  import('../profile/ProfilePage').then(m => ({ default: m.ProfilePage }))
);
export const ProgressPage = lazy(() =>
  import('../progress/ProgressPage').then(m => ({ default: m.ProgressPage }))
);
export const PracticePage = lazy(() =>
  import('../practice/PracticePage').then(m => ({ default: m.PracticePage }))
);
export const TeachingPage = lazy(() =>
  import('../teaching/TeachingPage').then(m => ({ default: m.TeachingPage }))
);
export const AdministrationPage = lazy(() =>
  import('../administration/AdministrationPage').then(m => ({ default: m.AdministrationPage }))
);
export const SearchPage = lazy(() => import('./SearchPage').then(m => ({ default: m.SearchPage })));
export const ChatPanel = lazy(() => import('../components/ChatPanel').then(m => ({ default: m.ChatPanel })));
export const NodePage = lazy(() => import('../roadmap/NodePage').then(m => ({ default: m.NodePage })));
export const LabPage = lazy(() => loadLabPage().then(m => ({ default: m.LabPage })));
