import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { ReactNode } from 'react';
import { AdministrationPage } from '../administration/AdministrationPage';
import { BadgesPage } from '../components/BadgesPage';
import { HomePage } from '../components/HomePage';
import { LeaderboardPage } from '../components/LeaderboardPage';
import { ForumPage } from '../forum/ForumPage';
import {
  boltIcon,
  forumIcon,
  homeIcon,
  logoIcon,
  medalIcon,
  playIcon,
  shieldIcon,
  teachIcon,
  trophyIcon,
  userIcon
} from '../icons';
import { PlaygroundPage } from '../playground/PlaygroundPage';
import { PracticePage } from '../practice/PracticePage';
import { ProfilePage } from '../profile/ProfilePage';
import { ProgressPage } from '../progress/ProgressPage';
import { TeachingPage } from '../teaching/TeachingPage';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

interface Page {
  id: string;
  command: string;
  label: string;
  icon: LabIcon;
  body: () => ReactNode;
}

/** The pages of the main area that there is one of: home, leaderboard, badges, forum, playground, profile, progress, practice, teaching, administration. */
export const pagesPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:pages`,
  description: 'Home, leaderboard, badges, forum and playground in the main area.',
  autoStart: true,
  requires: [INexus],
  optional: [ICommandPalette, ILayoutRestorer, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    nexus: INexus,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    shell: ILabShell | null
  ) => {
    for (const page of pagesOf(nexus)) {
      addPage(app, nexus, page, restorer);
      palette?.addItem({ command: page.command, category: 'NexusAI' });
    }
    app.shell.add(logo(app, nexus), 'top', { rank: 0 });
    void app.restored.then(() => {
      if (shell && showsNothing(shell)) {
        void app.commands.execute(CommandIds.openHome);
      }
    });
  }
};

function pagesOf({ trans }: INexus): Page[] {
  const {
    openHome,
    openLeaderboard,
    openBadges,
    openForum,
    openPlayground,
    openProfile,
    openProgress,
    openPractice
  } = CommandIds;
  return [
    {
      id: 'nexus-home',
      command: openHome,
      label: trans.__('Home'),
      icon: homeIcon,
      body: () => <HomePage />
    },
    {
      id: 'nexus-leaderboard',
      command: openLeaderboard,
      label: trans.__('Leaderboard'),
      icon: trophyIcon,
      body: () => <LeaderboardPage />
    },
    {
      id: 'nexus-badges',
      command: openBadges,
      label: trans.__('Badges'),
      icon: medalIcon,
      body: () => <BadgesPage />
    },
    {
      id: 'nexus-forum',
      command: openForum,
      label: trans.__('Forum'),
      icon: forumIcon,
      body: () => <ForumPage />
    },
    {
      id: 'nexus-playground',
      command: openPlayground,
      label: trans.__('Playground'),
      icon: playIcon,
      body: () => <PlaygroundPage />
    },
    {
      id: 'nexus-profile',
      command: openProfile,
      label: trans.__('My Profile'),
      icon: userIcon,
      body: () => <ProfilePage />
    },
    {
      id: 'nexus-progress',
      command: openProgress,
      label: trans.__('My Progress'),
      icon: boltIcon,
      body: () => <ProgressPage />
    },
    {
      id: 'nexus-practice',
      command: openPractice,
      label: trans.__('Practice'),
      icon: playIcon,
      body: () => <PracticePage />
    },
    {
      id: 'nexus-teaching',
      command: CommandIds.openTeaching,
      label: trans.__('Teaching'),
      icon: teachIcon,
      body: () => <TeachingPage />
    },
    {
      id: 'nexus-administration',
      command: CommandIds.openAdministration,
      label: trans.__('Administration'),
      icon: shieldIcon,
      body: () => <AdministrationPage />
    }
  ];
}

/** Our name in the corner, which leads home. */
function logo(app: JupyterFrontEnd, { trans }: INexus): Widget {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'nx-logo';
  button.title = trans.__('Home');
  button.append(logoIcon.element(), 'NexusAI');
  button.addEventListener('click', () => void app.commands.execute(CommandIds.openHome));
  const widget = new Widget();
  widget.id = 'nexus-logo';
  widget.node.append(button);
  return widget;
}

function addPage(app: JupyterFrontEnd, nexus: INexus, page: Page, restorer: ILayoutRestorer | null): void {
  const tracker = new WidgetTracker<MainAreaWidget<NexusWidget>>({ namespace: page.id });
  app.commands.addCommand(page.command, {
    label: page.label,
    icon: page.icon,
    execute: async () => {
      let widget = tracker.currentWidget;
      if (!widget || widget.isDisposed) {
        widget = new MainAreaWidget({ content: new NexusWidget(nexus, page.body, 'nx-page') });
        widget.id = page.id;
        widget.title.label = page.label;
        widget.title.icon = page.icon;
        widget.title.closable = true;
        await tracker.add(widget);
      }
      if (!widget.isAttached) {
        app.shell.add(widget, 'main', { type: page.label });
      }
      app.shell.activateById(widget.id);
    }
  });
  void restorer?.restore(tracker, { command: page.command, name: () => page.id });
}

/** Whether the main area holds nothing that a learner opened. */
function showsNothing(shell: ILabShell): boolean {
  return [...shell.widgets('main')].every(widget => widget.id.startsWith('launcher'));
}
