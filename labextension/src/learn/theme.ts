/** The learner's theme, kept where JupyterLab keeps it: what is chosen here is chosen there, too. */

import { jupyterRoutes } from '../api/routes';
import type { Theme } from '../host';
import type { JupyterApi } from './jupyter-api';

/** Show the theme that the server wrote into the document; `auto` follows the system. */
export function showTheme(root: HTMLElement): void {
  if (root.dataset.nxTheme !== 'light' && root.dataset.nxTheme !== 'dark') {
    set(root, window.matchMedia('(prefers-color-scheme: dark)').matches);
  }
}

function set(root: HTMLElement, dark: boolean): void {
  root.dataset.nxTheme = dark ? 'dark' : 'light';
}

export function appTheme(root: HTMLElement, jupyter: JupyterApi): Theme {
  return {
    isDark: () => root.dataset.nxTheme === 'dark',
    choose: async dark => {
      set(root, dark);
      const theme = dark ? 'JupyterLab Dark' : 'JupyterLab Light';
      const kept = await jupyter.get<{ settings: Record<string, unknown> }>(jupyterRoutes.themeSettings);
      const raw = JSON.stringify({ ...kept.settings, 'adaptive-theme': false, theme });
      await jupyter.put(jupyterRoutes.themeSettings, { raw });
    }
  };
}
