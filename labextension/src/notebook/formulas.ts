/** Which texts have formulas. Most have none, and what sets formulas is large. Pure. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/** how a formula begins */
const FORMULA = /\$|\\\(|\\\[|\\begin\{/;

export function mayHaveFormula(text: string): boolean {
  return FORMULA.test(text);
}

/** A typesetter that is not troubled, and not loaded, for a text without a formula. */
export function formulasOnly(typesetter: IRenderMime.ILatexTypesetter): IRenderMime.ILatexTypesetter {
  return {
    typeset: node => {
      if (mayHaveFormula(node.textContent ?? '')) {
        typesetter.typeset(node);
      }
    }
  };
}
