import type { FileDifference } from '../api/contract';
import { CellDifferences, ChangeKind, type Names } from '../components/CellDifferences';
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
            <code>{item.path}</code> <ChangeKind kind={item.kind} />
          </summary>
          <File item={item} {...names} />
        </details>
      ))}
    </>
  );
}

function File({ item, ...names }: { item: FileDifference } & Names) {
  const { trans } = useNexus();
  const { cells, before, after } = item;
  if (cells) {
    return (
      <CellDifferences
        cells={cells
          .map((cell, place) => ({ ...cell, number: place + 1 }))
          .filter(({ kind }) => kind !== 'same')}
        {...names}
      />
    );
  }
  if (before === null && after === null) {
    return <p className="nx-muted">{trans.__('This is no text: only that it differs can be shown.')}</p>;
  }
  return <Diff before={before ?? ''} after={after ?? ''} {...names} />;
}
