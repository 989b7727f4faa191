import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useMemo, useRef, useState } from 'react';
import type { Gradebook, GradebookCell, GradebookNode, GradebookRow } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { percent } from '../format';
import type { Resource } from '../model/resource';
import { OfRoadmapAndClass } from './Filters';
import { GradebookStudent } from './GradebookStudent';
import { GradebookTools } from './GradebookTools';
import { type Arrangement, arranged, BY_NAME, type Shown, sortedBy } from './gradebook';
import { useTeaching } from './view';

/** CSS pixels of a row; the style sheet gives rows this height */
const ROW_PX = 38;

/** Scores of everybody on every node of a roadmap, and what can be done with them. */
export function GradebookTable() {
  return <OfRoadmapAndClass>{roadmap => <Book key={roadmap.slug} slug={roadmap.slug} />}</OfRoadmapAndClass>;
}

/** The gradebook of a roadmap, of the class that is chosen. */
export function useGradebook(slug: string): Resource<Gradebook> {
  const { model } = useNexus();
  const { cohortId } = useTeaching().view;
  return useFetched(`${slug}/${cohortId}`, () =>
    model.api.get(routes.gradebook(slug), { cohort_id: cohortId || null })
  );
}

export function useNoStudents(): { when: (book: Gradebook) => boolean; text: string } {
  const { trans } = useNexus();
  return {
    when: book => book.items.length === 0,
    text: trans.__('No students yet. They join with the code of your class.')
  };
}

function Book({ slug }: { slug: string }) {
  const resource = useGradebook(slug);
  const { cohortId } = useTeaching().view;
  return (
    <Loaded resource={resource} lines={5} empty={useNoStudents()}>
      {book => (
        <>
          <GradebookTools key={cohortId} book={book} resource={resource} />
          <Arranged book={book} resource={resource} />
        </>
      )}
    </Loaded>
  );
}

function Arranged({ book, resource }: { book: Gradebook; resource: Resource<Gradebook> }) {
  const { trans } = useNexus();
  const [by, setBy] = useState(BY_NAME);
  const [chosenId, setChosenId] = useState('');
  const rows = useMemo(() => arranged(book, by), [book, by]);
  const chosen = book.items.find(row => row.user_id === chosenId);
  return (
    <>
      <Finder by={by} onChange={setBy} />
      <p className="nx-muted" role="status">
        {trans._n('%1 student', '%1 students', rows.length)}
      </p>
      <Table book={book} rows={rows} by={by} onSort={setBy} onChoose={setChosenId} />
      <p className="nx-muted">
        {trans.__(
          '* waits for a person’s grade. ✎ was given by a person in place of what was earned. Choose a lab’s score to see what was handed in, and a final grade to see how it came about.'
        )}
      </p>
      {chosen && (
        <GradebookStudent
          key={chosenId}
          book={book}
          row={chosen}
          resource={resource}
          onClose={() => setChosenId('')}
        />
      )}
    </>
  );
}

function Finder({ by, onChange }: { by: Arrangement; onChange: (by: Arrangement) => void }) {
  const { trans } = useNexus();
  const kinds: [Shown, string][] = [
    ['all', trans.__('everybody')],
    ['waiting', trans.__('who waits for a person’s grade')],
    ['stuck', trans.__('who is stuck')],
    ['below-half', trans.__('who has less than 50%')],
    ['marked', trans.__('who has a score given by a person')],
    ['noted', trans.__('who has a note')]
  ];
  return (
    <div className="nx-filter">
      <input
        className="nx-text"
        type="search"
        aria-label={trans.__('Find a student')}
        placeholder={trans.__('Find a student')}
        value={by.text}
        onChange={event => onChange({ ...by, text: event.target.value })}
      />
      <select
        aria-label={trans.__('Show')}
        value={by.shown}
        onChange={event => onChange({ ...by, shown: event.target.value as Shown })}
      >
        {kinds.map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TableProps {
  book: Gradebook;
  rows: GradebookRow[];
  by: Arrangement;
  onSort: (by: Arrangement) => void;
  onChoose: (userId: string) => void;
}

/** The table, of which only those rows are there that can be seen. */
function Table({ book, rows, by, onSort, onChoose }: TableProps) {
  const { trans } = useNexus();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    initialRect: { width: 1000, height: 600 }
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = book.nodes.length + 2;
  const sorter = (column: string, text: string) => (
    <SortHead key={column} column={column} by={by} onSort={onSort}>
      {text}
    </SortHead>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys
    <section ref={box} className="nx-table-box nx-gradebook" aria-label={trans.__('Grades')} tabIndex={0}>
      <table className="nx-table" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {sorter('name', trans.__('Student'))}
            {sorter('final', trans.__('Final grade'))}
            {book.nodes.map(node => sorter(node.id, node.title))}
          </tr>
        </thead>
        <tbody>
          <Space height={above} width={width} />
          {items.map(({ index }) => (
            <Row
              key={rows[index].user_id}
              row={rows[index]}
              nodes={book.nodes}
              place={index}
              onChoose={onChoose}
            />
          ))}
          <Space height={below} width={width} />
        </tbody>
      </table>
    </section>
  );
}

function SortHead({
  column,
  by,
  onSort,
  children
}: {
  column: string;
  by: Arrangement;
  onSort: (by: Arrangement) => void;
  children: ReactNode;
}) {
  const isBy = by.column === column;
  const order = by.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isBy ? order : 'none'} title={String(children)}>
      <button type="button" className="nx-link" onClick={() => onSort(sortedBy(by, column))}>
        {children}
        <span aria-hidden="true">{isBy ? (by.isDescending ? ' ▾' : ' ▴') : ''}</span>
      </button>
    </th>
  );
}

/** Stands for the rows that cannot be seen. */
function Space({ height, width }: { height: number; width: number }) {
  if (height <= 0) {
    return null;
  }
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" className="nx-gradebook-space">
      <td colSpan={width} style={{ height }} />
    </tr>
  );
}

interface RowProps {
  row: GradebookRow;
  nodes: GradebookNode[];
  place: number;
  onChoose: (userId: string) => void;
}

const Row = memo(function Row({ row, nodes, place, onChoose }: RowProps) {
  const { trans } = useNexus();
  const grade = row.final === null ? '–' : `${row.final}%`;
  return (
    <tr aria-rowindex={place + 2}>
      <th scope="row" title={row.email}>
        {row.display_name}
        {row.note && <span title={row.note}> ✐</span>}
      </th>
      <td>
        <button
          type="button"
          className="nx-link"
          aria-label={trans.__('%1: how the grade of %2 came about', grade, row.display_name)}
          onClick={() => onChoose(row.user_id)}
        >
          {grade}
        </button>
      </td>
      {row.cells.map((cell, at) => (
        <Cell key={cell.node_id} cell={cell} node={nodes[at]} row={row} />
      ))}
    </tr>
  );
});

function Cell({ cell, node, row }: { cell: GradebookCell; node: GradebookNode; row: GradebookRow }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  const title = [
    trans._n('%1 attempt', '%1 attempts', cell.attempts),
    cell.is_marked ? trans.__('given by a person') : '',
    cell.needs_manual ? trans.__('waits for a person’s grade') : ''
  ]
    .filter(Boolean)
    .join(', ');
  const score = cell.score === null ? '–' : percent(cell.score);
  const text = `${score}${cell.is_marked ? '✎' : ''}${cell.needs_manual ? '*' : ''}`;
  const look = () => show({ tab: 'submissions', nodeId: node.id, userId: row.user_id, submissionId: '' });
  return (
    <td data-status={cell.status ?? 'none'} title={title}>
      {node.type === 'lab' && cell.attempts > 0 ? (
        <button
          type="button"
          className="nx-link"
          aria-label={trans.__('%1: submissions of %2 for %3', text, row.display_name, node.title)}
          onClick={look}
        >
          {text}
        </button>
      ) : (
        text
      )}
    </td>
  );
}
