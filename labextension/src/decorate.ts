/** Make server-rendered HTML look like JupyterLab's own: highlighted code and typeset formulas. */

import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

export type Decorate = (node: HTMLElement) => Promise<void>;

export function decorator(
  languages: IEditorLanguageRegistry | null,
  typesetter: IRenderMime.ILatexTypesetter | null
): Decorate {
  return async node => {
    typesetter?.typeset(node);
    if (languages) {
      const blocks = [...node.querySelectorAll<HTMLElement>('pre > code[class*="language-"]')];
      await Promise.all(blocks.map(block => highlight(block, languages)));
    }
  };
}

async function highlight(block: HTMLElement, languages: IEditorLanguageRegistry): Promise<void> {
  const name = /language-([\w+-]+)/.exec(block.className)?.[1];
  const language = name ? languages.findBest(name) : null;
  const source = block.textContent ?? '';
  if (!language || block.dataset.nxHighlighted) {
    return;
  }
  block.dataset.nxHighlighted = 'true';
  const highlighted = document.createElement('code');
  await languages.highlight(source, language, highlighted);
  block.replaceChildren(...highlighted.childNodes);
}
