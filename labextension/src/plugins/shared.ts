import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ITranslator } from '@jupyterlab/translation';
import type { Nexus } from '../components/context';
import type { NexusModel } from '../model';

/** The context that a plugin's widgets get. */
export function nexusOf(app: JupyterFrontEnd, model: NexusModel, translator: ITranslator): Nexus {
  return {
    model,
    trans: translator.load('nexusai'),
    execute: (command, args) => app.commands.execute(command, args)
  };
}
