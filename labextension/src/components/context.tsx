/** What every component may reach: the model, the application around them, the translation. */

import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { createContext, useContext } from 'react';
import type { Decorate } from '../decorate';
import type { Host } from '../host';
import type { NexusModel } from '../model/model';

export interface Nexus {
  model: NexusModel;
  trans: TranslationBundle;
  host: Host;
  /** Highlight the code and typeset the formulas of server-rendered HTML. */
  decorate: Decorate;
  /** Turn Markdown that nobody vouches for into safe elements. */
  renderMarkdown: (text: string) => Promise<HTMLElement>;
  /** Make a code editor for a language in an element; the caller disposes of it. */
  newEditor: (host: HTMLElement, language: string) => Promise<CodeEditor.IEditor>;
}

const NexusContext = createContext<Nexus | null>(null);

export const NexusProvider = NexusContext.Provider;

export function useNexus(): Nexus {
  const nexus = useContext(NexusContext);
  if (!nexus) {
    throw new Error('This component was rendered outside NexusProvider.');
  }
  return nexus;
}
