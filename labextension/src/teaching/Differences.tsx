import type { CellDifference, FileDifference } from '../api/contract';
import { useNexus } from '../components/context';
import { Diff } from '../components/Diff';

interface Props {
  items: FileDifference[];
  /** what the two sides are called */
  beforeName?: string;
  afterName?: string;
}

/** Files that differ: notebooks cell by cell, texts line by line. */
export function Differences({ items, beforeName, afterName }: Props) {
  const { trans } = useNexus();
  const names = {
    beforeName: beforeName ?? trans.__('Published'),
    afterName: afterName ?? trans.__('Your draft')
  };
  if (items.length === 0) {
    return <p className="nx-empty">{trans.__('Nothing differs.')}</p>;
  }
  return (
    <>
      {items.map(item => (
        <details key={item.path} className="nx-difference" open={items.length === 1}>
          <summary>
            <code>{item.path}</code> <Kind kind={item.kind} />
          </summary>
          <File item={item} {...names} />
        </details>
      ))}
    </>
  );
}

function Kind({ kind }: { kind: string }) {
  const { trans } = useNexus();
  const words: Record<string, string> = {
    added: trans.__('added'),
    changed: trans.__('changed'),
    removed: trans.__('removed')
  };
  return <span className="nx-tag">{words[kind] ?? kind}</span>;
}

interface Names {
  beforeName: string;
  afterName: string;
}

function File({ item, ...names }: { item: FileDifference } & Names) {
  const { trans } = useNexus();
  const { cells, before, after } = item;
  if (cells) {
    return (
      <ol className="nx-cell-differences">
        {cells.map((cell, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a finished comparison never move
          <CellRow key={place} cell={cell} place={place} {...names} />
        ))}
      </ol>
    );
  }
  if (before === null && after === null) {
    return <p className="nx-muted">{trans.__('This is no text: only that it differs can be shown.')}</p>;
  }
  return <Diff before={before ?? ''} after={after ?? ''} {...names} />;
}

function CellRow({ cell, place, ...names }: { cell: CellDifference; place: number } & Names) {
  const { trans } = useNexus();
  if (cell.kind === 'same') {
    return null;
  }
  return (
    <li>
      <p>
        {trans.__('Cell %1', place + 1)} <Kind kind={cell.kind} />
        {cell.metadata.length > 0 && <code> {cell.metadata.join(', ')}</code>}
      </p>
      {cell.before !== cell.after && <Diff before={cell.before ?? ''} after={cell.after ?? ''} {...names} />}
    </li>
  );
}
