/** Highlighting, formulas, Markdown and editors, whose code is loaded when something on the page needs it. */

import type { Nexus } from '../components/context';
import { mayHaveFormula } from '../notebook/formulas';

const load = () => import('./engine');

/** what the decorator has something to do about */
const CODE = 'pre > code[class*="language-"]';

export function lazyRendering(): Pick<Nexus, 'decorate' | 'newEditor' | 'renderMarkdown'> {
  return {
    decorate: async node => {
      if (node.querySelector(CODE) || mayHaveFormula(node.textContent ?? '')) {
        await (await load()).decorate(node);
      }
    },
    renderMarkdown: async text => (await load()).renderMarkdown(text),
    newEditor: async (host, language) => (await load()).newEditor(host, language)
  };
}
