import { useCallback } from 'react';
import { useNexus } from '../components/context';
import { Markdown } from '../components/Markdown';
import { type CellLike, cellsOf, sourceOf } from '../lab/checks';
import { pictureAt } from './pictures';

/** A notebook's sources to read; what its cells showed is left out, because nobody vouches for it. */
export function NotebookView({ notebook }: { notebook: Record<string, unknown> }) {
  const { trans } = useNexus();
  const cells = cellsOf(notebook);
  if (cells.length === 0) {
    return <p className="nx-empty">{trans.__('This notebook is empty.')}</p>;
  }
  return (
    <div className="nx-notebook">
      {cells.map((cell, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a stored notebook never move
        <CellSource key={place} cell={cell} />
      ))}
    </div>
  );
}

export function CellSource({ cell }: { cell: CellLike }) {
  const source = sourceOf(cell);
  const { attachments } = cell;
  const picture = useCallback((src: string) => pictureAt(src, attachments ?? {}), [attachments]);
  if (cell.cell_type === 'markdown') {
    return (
      <div className="nx-cell-text">
        <Markdown text={source} picture={picture} />
      </div>
    );
  }
  return (
    <pre className="nx-code">
      <code>{source}</code>
    </pre>
  );
}
