/** What a key does at the marking desk. Pure. */

export type DeskKey =
  | { does: 'choose'; place: number }
  | { does: 'give_alone'; place: number }
  | { does: 'give' | 'skip' | 'comment' | 'undo' };

/** what of a pressed key decides */
export interface Pressed {
  key: string;
  /** the key's place on the keyboard, whatever Shift makes of it */
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const LETTERS: Record<string, DeskKey> = {
  Enter: { does: 'give' },
  n: { does: 'skip' },
  c: { does: 'comment' },
  u: { does: 'undo' }
};

/** The meaning of a key; null for what is none of the desk's. */
export function deskKey({ key, code, shiftKey, ctrlKey, metaKey, altKey }: Pressed): DeskKey | null {
  if (ctrlKey || metaKey || altKey) {
    return null;
  }
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? (/^\d$/.test(key) ? key : undefined);
  if (digit !== undefined) {
    return { does: shiftKey ? 'give_alone' : 'choose', place: placeOf(digit) };
  }
  return shiftKey ? null : (LETTERS[key.length === 1 ? key.toLowerCase() : key] ?? null);
}

/** The key of an item by its place, or nothing: there are ten. */
export function keyOf(place: number): string {
  return place < 10 ? String((place + 1) % 10) : '';
}

function placeOf(digit: string): number {
  return (Number(digit) + 9) % 10;
}
