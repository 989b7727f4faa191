/** What a traceback of IPython says of the learner's own cells. Pure. */

export interface Frame {
  /** the cell's execution count */
  count: number;
  /** from 1 */
  line: number;
  code: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COLOURS = /\u001b\[[0-9;]*m/g;
const HEAD = /^\s*Cell In\s?\[(\d+)\], line (\d+)/;
/** the marked line of a frame, or, of a text that could not be read, the line itself */
const MARKED = /^\s*-+>\s*\d+ ?(.*)$/;

/** The lines of the learner's cells that a traceback goes through, the outermost first. */
export function ownFrames(traceback: string[]): Frame[] {
  const lines = traceback.join('\n').replace(COLOURS, '').split('\n');
  return lines.flatMap((text, place) => {
    const head = HEAD.exec(text);
    return head ? [{ count: Number(head[1]), line: Number(head[2]), code: codeBelow(lines, place) }] : [];
  });
}

function codeBelow(lines: string[], head: number): string {
  for (const text of lines.slice(head + 1)) {
    const marked = MARKED.exec(text);
    if (marked) {
      return marked[1].trim();
    }
    if (HEAD.test(text) || text.trim() === '') {
      break;
    }
  }
  return (lines[head + 1] ?? '').trim();
}

/** Where to look: the innermost line of the learner's own, or null. */
export function whereToLook(traceback: string[]): Frame | null {
  return ownFrames(traceback).at(-1) ?? null;
}
