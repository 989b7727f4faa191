import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { NexusModel } from '../model/model';
import { INexusModel, ISession, PLUGIN_PREFIX } from '../tokens';

/** Provides the model and connects it to the server. */
export const modelPlugin: JupyterFrontEndPlugin<INexusModel> = {
  id: `${PLUGIN_PREFIX}:model`,
  description: 'The learner’s profile, roadmaps and progress, kept fresh by the event socket.',
  autoStart: true,
  provides: INexusModel,
  requires: [ISession],
  activate: (_app: JupyterFrontEnd, { api, connection }: ISession): INexusModel => {
    const model = new NexusModel(api, undefined, connection);
    model.start();
    return model;
  }
};
