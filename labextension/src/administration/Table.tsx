import type { ReactNode } from 'react';
import { useNexus } from '../components/context';
import { TableBox } from '../components/TableBox';
import { moment } from '../format';

interface Props<T> {
  /** what the table holds, for screen readers */
  label: string;
  heads: string[];
  items: T[];
  keyOf: (item: T) => string;
  /** a row's cells; the first one names the row */
  cells: (item: T) => [ReactNode, ...ReactNode[]];
}

/** A table that scrolls in its own box. */
export function Table<T>({ label, heads, items, keyOf, cells }: Props<T>) {
  return (
    <TableBox label={label}>
      <table className="nx-table nx-table-wide">
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <Row key={keyOf(item)} heads={heads} cells={cells(item)} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function Row({ heads, cells: [first, ...rest] }: { heads: string[]; cells: [ReactNode, ...ReactNode[]] }) {
  return (
    <tr>
      <th scope="row">{first}</th>
      {rest.map((cell, place) => (
        <td key={heads[place + 1]}>{cell}</td>
      ))}
    </tr>
  );
}

/** A moment in the reader's own time. */
export function Moment({ at }: { at: string | null }) {
  const { trans } = useNexus();
  return at === null ? trans.__('never') : <time dateTime={at}>{moment(at)}</time>;
}
