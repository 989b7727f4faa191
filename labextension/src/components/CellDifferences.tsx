import type { CellDifference } from '../api/contract';
import { useNexus } from './context';
import { Diff } from './Diff';

export interface Names {
  /** what the two sides are called */
  beforeName: string;
  afterName: string;
}

interface Props extends Names {
  /** with their places, from 1 */
  cells: (CellDifference & { number: number })[];
}

/** Two versions of a notebook: the cells that differ, each line by line. */
export function CellDifferences({ cells, ...names }: Props) {
  const { trans } = useNexus();
  return (
    <ol className="nx-cell-differences">
      {cells.map(cell => (
        <li key={cell.number}>
          <p>
            {trans.__('Cell %1', cell.number)} <ChangeKind kind={cell.kind} />
            {cell.metadata.length > 0 && <code> {cell.metadata.join(', ')}</code>}
          </p>
          {cell.before !== cell.after && (
            <Diff before={cell.before ?? ''} after={cell.after ?? ''} {...names} />
          )}
        </li>
      ))}
    </ol>
  );
}

/** Whether something was added, changed or removed. */
export function ChangeKind({ kind }: { kind: string }) {
  const { trans } = useNexus();
  const words: Record<string, string> = {
    added: trans.__('added'),
    changed: trans.__('changed'),
    removed: trans.__('removed')
  };
  return <span className="nx-tag">{words[kind] ?? kind}</span>;
}
