/**
 * The texts of the pages in the reader's language: the code's own in English, else those of a catalog.
 *
 * JupyterLab's own translator reads the same catalogs and says the same. Its package brings the whole client of
 * Jupyter's API along, which the start page does not need: a fifth of all that a learner waited for.
 */

import type { TranslationBundle } from '@jupyterlab/translation';

type Arguments = unknown[];

/** Translations by the text in the code (JupyterLab's form of a gettext catalog); a text with a plural has two. */
export type Catalog = Record<string, string[]>;

/** What a page's document says of its catalog. */
const LINK = 'nexus-words';
/** gettext puts a text's context before it */
const CONTEXT_END = '\u0004';

/** `%1` is the first argument, and `%%` a percent sign. */
function filled(text: string, args: Arguments): string {
  return text.replace(/%(%|\d+)/g, (_, sign: string) =>
    sign === '%' ? '%' : String(args[Number(sign) - 1])
  );
}

/** The texts of a catalog; what it does not have stays as it is in the code. All our languages count like English. */
export function wordsOf(catalog: Catalog): TranslationBundle {
  const find = (text: string): string[] | undefined =>
    Object.hasOwn(catalog, text) ? catalog[text] : undefined;
  const single = (key: string, text: string, args: Arguments) => filled(find(key)?.[0] ?? text, args);
  const counted = (key: string, one: string, several: string, n: number, args: Arguments) => {
    const forms = find(key);
    const [first, second] = forms?.length === 2 ? forms : [one, several];
    return filled(n === 1 ? first : second, [n, ...args]);
  };
  const within = (context: string, text: string) => `${context}${CONTEXT_END}${text}`;
  const bundle = {
    __: (text: string, ...args: Arguments) => single(text, text, args),
    _n: (one: string, several: string, n: number, ...args: Arguments) => counted(one, one, several, n, args),
    _p: (context: string, text: string, ...args: Arguments) => single(within(context, text), text, args),
    _np: (context: string, one: string, several: string, n: number, ...args: Arguments) =>
      counted(within(context, one), one, several, n, args)
  };
  return {
    ...bundle,
    gettext: bundle.__,
    ngettext: bundle._n,
    pgettext: bundle._p,
    npgettext: bundle._np,
    dcnpgettext: (_domain, context, one, several, n, ...args) =>
      several ? bundle._np(context, one, several, n, ...args) : bundle._p(context, one, ...args)
  };
}

let chosen = wordsOf({});

/** The reader's words, for what no component hands them to. */
export function readersWords(): TranslationBundle {
  return chosen;
}

/** Say it in these words from now on. */
export function chooseWords(words: TranslationBundle): void {
  chosen = words;
}

/** Read the catalog that the page's document names, if it names one: English needs none. */
export async function loadWords(page: Document): Promise<TranslationBundle> {
  const link = page.getElementById(LINK);
  if (link instanceof HTMLLinkElement) {
    try {
      const response = await fetch(link.href);
      chooseWords(wordsOf((await response.json()) as Catalog));
    } catch {
      // without its catalog a page is in English, which is better than no page
    }
  }
  return chosen;
}
