import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { modelPlugin } from './plugins/model';
import { sidebarPlugin } from './plugins/sidebar';
import { topbarPlugin } from './plugins/topbar';

const plugins: JupyterFrontEndPlugin<unknown>[] = [modelPlugin, sidebarPlugin, topbarPlugin];

export default plugins;
