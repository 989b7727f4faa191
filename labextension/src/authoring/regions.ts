/** Marked regions inside a cell, as `nexus_server/notebook_format/markers.py` reads them. Pure. */

export type Region = 'SOLUTION' | 'HIDDEN TESTS' | 'MARK SCHEME';

export interface Span {
  /** the marker lines, counted from 1, both included */
  begin: number;
  end: number;
}

export interface Found {
  spans: Span[];
  /** the line of a marker without its partner; null where all have theirs */
  broken: number | null;
}

/** A cell's regions of one kind. */
export function regionsOf(source: string, region: Region): Found {
  const spans: Span[] = [];
  let begin: number | null = null;
  const lines = source.split('\n');
  for (let at = 0; at < lines.length; at++) {
    if (lines[at].includes(`BEGIN ${region}`)) {
      if (begin !== null) {
        return { spans, broken: at + 1 };
      }
      begin = at + 1;
    } else if (lines[at].includes(`END ${region}`)) {
      if (begin === null) {
        return { spans, broken: at + 1 };
      }
      spans.push({ begin, end: at + 1 });
      begin = null;
    }
  }
  return { spans, broken: begin };
}

const COMMENTS: Record<string, string> = {
  javascript: '//',
  typescript: '//',
  java: '//',
  c: '//',
  'c++': '//',
  go: '//',
  rust: '//',
  sql: '--',
  matlab: '%',
  octave: '%'
};

/** Put some lines of a source (counted from 0, both included) into a region, indented as the first of them. */
export function wrapped(source: string, region: Region, language: string, from: number, to: number): string {
  const comment = COMMENTS[language.toLowerCase()] ?? '###';
  const lines = source.split('\n');
  const indent = /^\s*/.exec(lines[from] ?? '')?.[0] ?? '';
  lines.splice(to + 1, 0, `${indent}${comment} END ${region}`);
  lines.splice(from, 0, `${indent}${comment} BEGIN ${region}`);
  return lines.join('\n');
}

/** The lines that a region goes around where nothing is selected: a function's body, or everything. */
export function usualLines(source: string, region: Region): { from: number; to: number } {
  const lines = source.split('\n');
  const last = lines.length - 1;
  if (region !== 'SOLUTION') {
    return { from: 0, to: last };
  }
  const head = lines.findIndex(line => /^\s*(?:def\s.*:|(?:async\s+)?function\b.*\{)\s*$/.test(line));
  if (head === -1 || head === last) {
    return { from: 0, to: last };
  }
  const from = afterDocstring(lines, head + 1);
  const to = lines[last].trim() === '}' ? last - 1 : last;
  return from <= to ? { from, to } : { from: 0, to: last };
}

function afterDocstring(lines: string[], at: number): number {
  const quotes = /^\s*("""|''')/.exec(lines[at] ?? '')?.[1];
  if (!quotes) {
    return at;
  }
  const closes = (line: string, begin: number) => line.indexOf(quotes, begin) !== -1;
  if (closes(lines[at], lines[at].indexOf(quotes) + 3)) {
    return at + 1;
  }
  const end = lines.findIndex((line, number) => number > at && closes(line, 0));
  return end === -1 ? at : end + 1;
}

/** A source without the markers of one kind. */
export function unwrapped(source: string, region: Region): string {
  return source
    .split('\n')
    .filter(line => !line.includes(`BEGIN ${region}`) && !line.includes(`END ${region}`))
    .join('\n');
}
