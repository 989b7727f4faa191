/** How a notebook is: what its kernel does, and whether the server has what was typed. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Observable } from '../model/observable';

export type KernelState = 'starting' | 'ready' | 'running' | 'gone';
export type SavedState = 'saved' | 'saving' | 'typed' | 'failed';

export interface LabStatusState {
  kernel: KernelState;
  saved: SavedState;
  /** milliseconds since 1970; null before the first save of this visit */
  savedAt: number | null;
}

export class LabStatus extends Observable<LabStatusState> {
  constructor(panel: NotebookPanel) {
    super({ kernel: kernelState(panel), saved: 'saved', savedAt: null });
    const { context, sessionContext } = panel;
    const look = () => this.set({ kernel: kernelState(panel) });
    sessionContext.statusChanged.connect(look);
    sessionContext.connectionStatusChanged.connect(look);
    sessionContext.kernelChanged.connect(look);
    // a model that is dirty already tells of no further change, and what opening changed is not worth a word
    let isChanged = false;
    const change = () => {
      if (context.model.dirty) {
        isChanged = true;
        if (this.snapshot().saved !== 'saving') {
          this.set({ saved: 'typed' });
        }
      }
    };
    context.model.contentChanged.connect(() => queueMicrotask(change));
    context.saveState.connect((_, state) => {
      if (state === 'started') {
        isChanged = false;
        this.set({ saved: 'saving' });
      } else if (state === 'failed') {
        this.set({ saved: 'failed' });
      } else {
        this.set({ saved: isChanged ? 'typed' : 'saved', savedAt: Date.now() });
      }
    });
  }
}

function kernelState({ sessionContext }: NotebookPanel): KernelState {
  switch (sessionContext.kernelDisplayStatus) {
    case 'idle':
      return 'ready';
    case 'busy':
      return 'running';
    case 'dead':
    case 'terminating':
    case 'disconnected':
      return 'gone';
    default:
      return 'starting';
  }
}
