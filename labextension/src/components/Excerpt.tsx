import type { Hit } from '../api/contract';

/** A part of a text that was found, with the words that were looked for marked. */
export function Excerpt({ pieces }: { pieces: Hit['excerpt'] }) {
  return (
    <>
      {pieces.map(({ text, is_match }, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text stay in their order
        is_match ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>
      )}
    </>
  );
}
