/** Choice cells, as the grader reads them (`nexus_server/notebook_format/choices.py`): a list whose ticked items are `- [x]`. */

export type ChoiceKind = 'singlechoice' | 'multiplechoice';

const BOX = /^( {0,3}(?:[-*+]|\d+[.)])[ \t]+)\[([ xX])\](?=[ \t])/;

/** The kind of choice that a cell's `extended_cell` metadata ask for; null: it is no choice cell. */
export function choiceKind(extended: unknown): ChoiceKind | null {
  const type = (extended as { type?: unknown } | null | undefined)?.type;
  return type === 'singlechoice' || type === 'multiplechoice' ? type : null;
}

/** How many options have a box. */
export function countBoxes(source: string): number {
  return source.split('\n').filter(line => BOX.test(line)).length;
}

/** Choose the option of a number: one of several replaces the other choice, else it is ticked or cleared. */
export function choose(source: string, kind: ChoiceKind, number: number): string {
  let at = -1;
  return source
    .split('\n')
    .map(line =>
      line.replace(BOX, (box: string, begin: string, tick: string) => {
        at += 1;
        if (kind === 'singlechoice') {
          return `${begin}[${at === number ? 'x' : ' '}]`;
        }
        return at === number ? `${begin}[${tick === ' ' ? 'x' : ' '}]` : box;
      })
    )
    .join('\n');
}
