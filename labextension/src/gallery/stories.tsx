/** What the gallery shows, each by its name: pieces of the design, and whole pages on replies that are kept. */

import type { ReactElement } from 'react';
import { BadgesPage } from '../components/BadgesPage';
import { HomePage } from '../components/HomePage';
import { LeaderboardPage } from '../components/LeaderboardPage';
import { ExamStart } from '../lab/ExamClock';
import { Preparation } from '../playground/PlaygroundPage';
import { PracticePage } from '../practice/PracticePage';
import { ProgressPage } from '../progress/ProgressPage';
import { RoadmapView } from '../roadmap/RoadmapView';
import { Colours, Icons, Measures, Type } from './Foundations';
import { Buttons, Fields, Messages, Waiting } from './Pieces';
import { Checking, Checks, Questions } from './Work';

const octave = { name: 'octave', display_name: 'Octave', kernel_name: 'nexus-octave', minutes: 6 };

export interface Story {
  title: string;
  /** a page brings its own frame and margins */
  isPage?: boolean;
  show: () => ReactElement;
}

export const stories: Record<string, Story> = {
  type: { title: 'Type', show: () => <Type /> },
  colours: { title: 'Colours', show: () => <Colours /> },
  measures: { title: 'Measures', show: () => <Measures /> },
  icons: { title: 'Icons', show: () => <Icons /> },
  buttons: { title: 'Buttons', show: () => <Buttons /> },
  fields: { title: 'Fields', show: () => <Fields /> },
  messages: { title: 'Messages', show: () => <Messages /> },
  waiting: { title: 'Waiting and failing', show: () => <Waiting /> },
  preparing: {
    title: 'A language that is prepared',
    show: () => (
      <>
        <Preparation language={{ ...octave, is_preparing: false }} />
        <Preparation language={{ ...octave, is_preparing: true }} />
      </>
    )
  },
  checking: { title: 'A check that runs', show: () => <Checking /> },
  checks: { title: 'Checks', show: () => <Checks /> },
  questions: { title: 'Questions', show: () => <Questions /> },
  exam: {
    title: 'The start of an exam',
    show: () => <ExamStart nodeId="00000000-0000-4000-8000-0000000000c2" onStarted={() => undefined} />
  },
  home: { title: 'Page: home', isPage: true, show: () => <HomePage /> },
  roadmap: {
    title: 'Page: roadmap',
    isPage: true,
    show: () => (
      <div className="nx-page-body">
        <RoadmapView slug="python-foundations" isPage onBack={() => undefined} />
      </div>
    )
  },
  practice: { title: 'Page: practice, code tasks', isPage: true, show: () => <PracticePage /> },
  progress: { title: 'Page: my progress', isPage: true, show: () => <ProgressPage /> },
  badges: { title: 'Page: badges', isPage: true, show: () => <BadgesPage /> },
  leaderboard: { title: 'Page: leaderboard', isPage: true, show: () => <LeaderboardPage /> }
};
