/**
 * Texts as they stand in the code, with their placeholders filled in.
 *
 * JupyterLab's own null translator says the same. Its package brings the whole client of Jupyter's API along, which the
 * start page does not need: a fifth of all that a learner waited for. Pure.
 */

import type { TranslationBundle } from '@jupyterlab/translation';

type Arguments = unknown[];

/** `%1` is the first argument, and `%%` a percent sign. */
function filled(text: string, args: Arguments): string {
  return text.replace(/%(%|\d+)/g, (_, sign: string) =>
    sign === '%' ? '%' : String(args[Number(sign) - 1])
  );
}

function counted(one: string, several: string, n: number, args: Arguments): string {
  return filled(n === 1 ? one : several, [n, ...args]);
}

export const plainWords: TranslationBundle = {
  __: (text, ...args) => filled(text, args),
  _n: (one, several, n, ...args) => counted(one, several, n, args),
  _p: (_, text, ...args) => filled(text, args),
  _np: (_, one, several, n, ...args) => counted(one, several, n, args),
  gettext: (text, ...args) => filled(text, args),
  ngettext: (one, several, n, ...args) => counted(one, several, n, args),
  pgettext: (_, text, ...args) => filled(text, args),
  npgettext: (_, one, several, n, ...args) => counted(one, several, n, args),
  dcnpgettext: (_domain, _context, one, several, n, ...args) => counted(one, several, n, args)
};
