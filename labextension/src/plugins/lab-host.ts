import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, InputDialog, type IThemeManager, Notification, showDialog } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { learnUrl } from '../api/routes';
import type { Host, News, PageName, Place, Question, Theme } from '../host';
import { CommandIds } from '../tokens';

const LIGHT = 'JupyterLab Light';
const DARK = 'JupyterLab Dark';

const COMMANDS: Record<PageName, string> = {
  home: CommandIds.openHome,
  leaderboard: CommandIds.openLeaderboard,
  badges: CommandIds.openBadges,
  forum: CommandIds.openForum,
  playground: CommandIds.openPlayground,
  profile: CommandIds.openProfile,
  progress: CommandIds.openProgress,
  practice: CommandIds.openPractice,
  teaching: CommandIds.openTeaching,
  administration: CommandIds.openAdministration,
  tutor: CommandIds.openChat,
  roadmap: CommandIds.openRoadmap,
  node: CommandIds.openNode,
  notebook: 'docmanager:open'
};

/** JupyterLab's shell as the application around the components. */
export function labHost(
  { commands }: JupyterFrontEnd,
  trans: TranslationBundle,
  themes: IThemeManager | null
): Host {
  return {
    open: async ({ page, ...args }: Place) => {
      await commands.execute(COMMANDS[page], page === 'notebook' ? { ...args, factory: 'Notebook' } : args);
    },
    tell,
    confirm: async question => {
      const { title, text, yes, no } = question;
      const buttons = [
        Dialog.cancelButton({ label: no ?? trans.__('Cancel') }),
        Dialog.okButton({ label: yes })
      ];
      return (await showDialog({ title, body: text, buttons, defaultButton: 0 })).button.accept;
    },
    ask: async ({ title, text, yes }: Question) =>
      (await InputDialog.getText({ title, label: text, okLabel: yes })).value,
    signOut: async () => {
      await commands.execute(CommandIds.signOut);
    },
    theme: labTheme(themes),
    other: { name: trans.__('Learning pages'), address: learnUrl(PageConfig.getBaseUrl()) }
  };
}

function tell({ kind, text, lastsMs, action }: News): void {
  const actions = action ? [{ label: action.label, callback: action.run }] : [];
  Notification.emit(text, kind, { autoClose: lastsMs ?? false, actions });
}

function labTheme(themes: IThemeManager | null): Theme {
  return {
    isDark: () => themes?.theme === DARK,
    choose: async dark => {
      await themes?.setTheme(dark ? DARK : LIGHT);
    }
  };
}
