import type { Gradebook, GradebookCell, GradebookNode, GradebookRow } from '../api/contract';
import { queryString } from '../api/handler';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { percent } from '../format';
import type { Resource } from '../model/resource';
import { OfRoadmapAndClass } from './Filters';
import { useTeaching } from './view';

/** Scores of everybody on every node of a roadmap. */
export function GradebookTable() {
  const { model, trans } = useNexus();
  const { view } = useTeaching();
  return (
    <OfRoadmapAndClass
      more={roadmap => (
        <a
          className="nx-link nx-filter-end"
          download
          href={
            model.api.url(routes.gradebookCsv(roadmap.slug)) +
            queryString({ cohort_id: view.cohortId || null })
          }
        >
          {trans.__('Download as CSV')}
        </a>
      )}
    >
      {roadmap => <Table slug={roadmap.slug} />}
    </OfRoadmapAndClass>
  );
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

function Table({ slug }: { slug: string }) {
  const { trans } = useNexus();
  const resource = useGradebook(slug);
  return (
    <Loaded resource={resource} lines={5} empty={useNoStudents()}>
      {book => (
        <>
          <div className="nx-table-box">
            <table className="nx-table">
              <thead>
                <tr>
                  <th scope="col">{trans.__('Student')}</th>
                  <th scope="col">{trans.__('Score')}</th>
                  {book.nodes.map(node => (
                    <th key={node.id} scope="col" title={node.title}>
                      {node.title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {book.items.map(row => (
                  <tr key={row.user_id}>
                    <th scope="row" title={row.email}>
                      {row.display_name}
                    </th>
                    <td>{percent(row.score)}</td>
                    {row.cells.map((cell, place) => (
                      <Cell key={cell.node_id} cell={cell} node={book.nodes[place]} row={row} />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="nx-muted">
            {trans.__('* waits for a person’s grade. Choose a lab’s score to see what was handed in.')}
          </p>
        </>
      )}
    </Loaded>
  );
}

function Cell({ cell, node, row }: { cell: GradebookCell; node: GradebookNode; row: GradebookRow }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  const title = [
    trans._n('%1 attempt', '%1 attempts', cell.attempts),
    cell.needs_manual ? trans.__('waits for a person’s grade') : ''
  ]
    .filter(Boolean)
    .join(', ');
  const text = `${cell.score === null ? '–' : percent(cell.score)}${cell.needs_manual ? '*' : ''}`;
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
