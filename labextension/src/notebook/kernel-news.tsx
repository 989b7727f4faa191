import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Nexus } from '../components/context';
import { KernelBanner } from '../kernel/KernelBanner';
import { troubleText } from '../kernel/trouble';
import { KernelWatch } from '../kernel/watch';
import { addBanner } from './banner';
import { letGoWhenLate } from './late-session';

/** milliseconds that the end of a kernel is told for whose notebook is not open */
const TOLD_MS = 10_000;

/** Above each notebook: the place in the queue, a lost connection, a kernel's end with its reason, a limit that was hit. */
export class KernelNews {
  private readonly _watches = new Map<NotebookPanel, KernelWatch>();

  constructor(private readonly _nexus: Nexus) {
    _nexus.model.event.connect((_, event) => {
      const taken = [...this._watches.values()].map(watch => watch.take(event));
      if (event.type === 'kernel.died' && !taken.includes(true)) {
        this._tellDeath(event.reason, event.message);
      }
    });
  }

  adopt(notebook: NotebookPanel): void {
    letGoWhenLate(notebook.sessionContext);
    const watch = new KernelWatch(notebook.sessionContext);
    this._watches.set(notebook, watch);
    const isShown = () => watch.snapshot().trouble !== null;
    addBanner(notebook, this._nexus, watch, isShown, () => <KernelBanner watch={watch} />);
    notebook.disposed.connect(() => {
      this._watches.delete(notebook);
      watch.dispose();
    });
  }

  /** Whether a notebook's kernel ended: then JupyterLab's own restart does nothing but log an error. */
  isOver(context: ISessionContext): boolean {
    const watch = [...this._watches].find(([notebook]) => notebook.sessionContext === context)?.[1];
    return watch?.isOver ?? context.session?.kernel?.status === 'dead';
  }

  private _tellDeath(reason: string, message: string): void {
    const { title, text } = troubleText({ kind: 'died', reason, message }, this._nexus.trans);
    this._nexus.host.tell({ kind: 'warning', text: `${title}. ${text}`, lastsMs: TOLD_MS });
  }
}
