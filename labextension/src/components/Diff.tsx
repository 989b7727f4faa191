import { diffLines } from 'diff';
import { useMemo } from 'react';
import { useNexus } from './context';

interface Props {
  before: string;
  after: string;
  /** what the two versions are called */
  beforeName: string;
  afterName: string;
}

/** Two versions of a text, line by line: what is only in the one, and what is only in the other. */
export function Diff({ before, after, beforeName, afterName }: Props) {
  const { trans } = useNexus();
  const parts = useMemo(() => diffLines(before, after), [before, after]);
  return (
    <div className="nx-diff">
      <p className="nx-diff-names">
        <del>{beforeName}</del> <ins>{afterName}</ins>
      </p>
      {parts.every(({ added, removed }) => !added && !removed) && (
        <p className="nx-muted">
          {trans.__('The texts are the same; what differs is what the cells printed.')}
        </p>
      )}
      <pre className="nx-diff-text">
        {parts.map((part, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a finished comparison never move
          <Part key={place} {...part} />
        ))}
      </pre>
    </div>
  );
}

function Part({ value, added, removed }: { value: string; added: boolean; removed: boolean }) {
  if (added) {
    return <ins>{value}</ins>;
  }
  return removed ? <del>{value}</del> : <span className="nx-diff-same">{folded(value)}</span>;
}

/** Lines that did not change say where one is; a few of them do. */
function folded(text: string): string {
  const lines = text.split('\n');
  return lines.length > 9 ? [...lines.slice(0, 4), '⋯', ...lines.slice(-4)].join('\n') : text;
}
