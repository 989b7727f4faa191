/** A question about a cell of a notebook, as the forum's form shows it before anything is sent. Pure. */

import type { CellError } from '../api/contract';

export interface DraftQuestion {
  nodeId: string;
  title: string;
  body: string;
}

/** what a post may have, with room for words beside the cell */
const MOST_CHARS = 16_000;

/** The text of a question about a cell: its code, and the error that it ended with. */
export function questionAbout(source: string, error: CellError | null): string {
  const code = fenced(source.slice(0, MOST_CHARS / 2));
  if (error === null) {
    return `\n\n${code}\n`;
  }
  const said = `${error.ename}: ${error.evalue}`.slice(0, MOST_CHARS / 4);
  return `\n\n${code}\n\n${fenced(said)}\n`;
}

/** Text between fences that are longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n+$/, '')}\n${fence}`;
}
