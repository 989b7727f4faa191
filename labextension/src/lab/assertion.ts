/** What a test compares. Pure. */

export interface Comparison {
  /** the expression that the learner's code gives a value for */
  got: string;
  /** the expression that says what is wanted */
  expected: string;
}

/** The two sides of `assert GOT == EXPECTED`, a message left out; null for anything else. */
export function comparisonOf(line: string): Comparison | null {
  const test = /^assert\s+(.+)$/s.exec(line.trim())?.[1];
  if (!test) {
    return null;
  }
  const [compared] = splitOutside(test, ',');
  const sides = splitOutside(compared, '==');
  if (
    sides.length !== 2 ||
    /[()[\]{}]/.test(masked(compared)) ||
    /\b(and|or|not|if|for|lambda)\b/.test(compared)
  ) {
    return null;
  }
  const [got, expected] = sides.map(side => side.trim());
  return got && expected ? { got, expected } : null;
}

/** Split at a separator that stands outside of brackets and texts. */
function splitOutside(text: string, separator: string): string[] {
  let begun = 0;
  return masked(text)
    .split(separator)
    .map(({ length }) => {
      const part = text.slice(begun, begun + length);
      begun += length + separator.length;
      return part;
    });
}

/** The text with everything within brackets and texts blotted out, as long as before. */
function masked(text: string): string {
  const blot = (found: string) => '_'.repeat(found.length);
  let flat = text.replace(/(["'])(?:\\.|(?!\1).)*\1/g, blot);
  for (let before = ''; before !== flat; ) {
    before = flat;
    flat = flat.replace(/[([{][^()[\]{}]*[)\]}]/g, blot);
  }
  return flat;
}
