import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type Event, IEventManager, IServerSettings, ServerConnection } from '@jupyterlab/services';
import { Stream } from '@lumino/signaling';
import { PLUGIN_PREFIX } from '../tokens';

/** Jupyter Server's own event bus is closed, because everybody would hear everybody: nobody listens, nobody retries. */
class QuietEvents implements Event.IManager {
  readonly stream: Event.Stream = new Stream<Event.IManager, Event.Emission>(this);
  isDisposed = false;

  constructor(readonly serverSettings: ServerConnection.ISettings) {}

  dispose(): void {
    this.isDisposed = true;
  }

  async emit(): Promise<void> {
    // nobody listens
  }
}

export const quietEventsPlugin: JupyterFrontEndPlugin<Event.IManager> = {
  id: `${PLUGIN_PREFIX}:quiet-events`,
  description: 'Takes the place of the client of Jupyter Server’s event bus, which is closed here.',
  autoStart: true,
  provides: IEventManager,
  optional: [IServerSettings],
  activate: (_app, settings: ServerConnection.ISettings | null) =>
    new QuietEvents(settings ?? ServerConnection.makeSettings())
};
