import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { authoringPlugin } from './plugins/authoring';
import { chatPlugin } from './plugins/chat';
import { choicesPlugin } from './plugins/choices';
import { connectionPlugin, reconnectPlugin } from './plugins/connection';
import { gradedCellsPlugin } from './plugins/graded-cells';
import { kernelsPlugin } from './plugins/kernels';
import { labsPlugin } from './plugins/labs';
import { modelPlugin } from './plugins/model';
import { narrowPlugin } from './plugins/narrow';
import { nexusPlugin } from './plugins/nexus';
import { nodesPlugin } from './plugins/nodes';
import { pagesPlugin } from './plugins/pages';
import { quietEventsPlugin } from './plugins/quiet-events';
import { savingPlugin } from './plugins/saving';
import { serverSettingsPlugin, sessionPlugin } from './plugins/session';
import { sidebarPlugin } from './plugins/sidebar';
import { toastsPlugin } from './plugins/toasts';
import { topbarPlugin } from './plugins/topbar';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  sessionPlugin,
  serverSettingsPlugin,
  quietEventsPlugin,
  modelPlugin,
  nexusPlugin,
  sidebarPlugin,
  topbarPlugin,
  nodesPlugin,
  labsPlugin,
  authoringPlugin,
  choicesPlugin,
  gradedCellsPlugin,
  savingPlugin,
  connectionPlugin,
  reconnectPlugin,
  kernelsPlugin,
  chatPlugin,
  pagesPlugin,
  toastsPlugin,
  narrowPlugin
];

export default plugins;
