import { useState } from 'react';
import type { Roadmap } from '../../api';
import type { Cohort, Gradebook, GradebookCell } from '../../apisocial';
import { percent } from '../../format';
import { queryString } from '../../handler';
import { Resource } from '../../resource';
import { useNexus } from '../context';
import { Loaded } from '../Loaded';

/** Scores of everybody on every node of a roadmap. */
export function GradebookTable({ cohorts }: { cohorts: Cohort[] }) {
  const { model, trans } = useNexus();
  return (
    <section>
      <h2>{trans.__('Gradebook')}</h2>
      <Loaded
        resource={model.roadmaps}
        empty={{ when: items => items.length === 0, text: trans.__('There are no roadmaps here yet.') }}
      >
        {roadmaps => <Chooser roadmaps={roadmaps} cohorts={cohorts} />}
      </Loaded>
    </section>
  );
}

function Chooser({ roadmaps, cohorts }: { roadmaps: Roadmap[]; cohorts: Cohort[] }) {
  const { model, trans } = useNexus();
  const [slug, setSlug] = useState(roadmaps[0].slug);
  const [cohort, setCohort] = useState('');
  const query = { cohort_id: cohort || null };
  return (
    <>
      <p className="nx-forum-filter">
        <select aria-label={trans.__('Roadmap')} value={slug} onChange={event => setSlug(event.target.value)}>
          {roadmaps.map(roadmap => (
            <option key={roadmap.slug} value={roadmap.slug}>
              {roadmap.title}
            </option>
          ))}
        </select>
        <select
          aria-label={trans.__('Class')}
          value={cohort}
          onChange={event => setCohort(event.target.value)}
        >
          <option value="">{trans.__('All my students')}</option>
          {cohorts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <a
          className="nx-link"
          href={model.api.url(`/teaching/roadmaps/${slug}/gradebook.csv`) + queryString(query)}
        >
          {trans.__('Download as CSV')}
        </a>
      </p>
      <Table key={`${slug}/${cohort}`} slug={slug} cohort={cohort} />
    </>
  );
}

function Table({ slug, cohort }: { slug: string; cohort: string }) {
  const { model, trans } = useNexus();
  const [resource] = useState(
    () =>
      new Resource(() =>
        model.api.get<Gradebook>(`/teaching/roadmaps/${slug}/gradebook`, { cohort_id: cohort || null })
      )
  );
  const empty = trans.__('No students yet. They join with the code of your class.');
  return (
    <Loaded resource={resource} lines={5} empty={{ when: book => book.items.length === 0, text: empty }}>
      {book => (
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
                  {row.cells.map(cell => (
                    <Cell key={cell.node_id} cell={cell} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Loaded>
  );
}

function Cell({ cell }: { cell: GradebookCell }) {
  const { trans } = useNexus();
  const title = [
    trans._n('%1 attempt', '%1 attempts', cell.attempts),
    cell.needs_manual ? trans.__('waits for a person’s grade') : ''
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <td data-status={cell.status ?? 'none'} title={title}>
      {cell.score === null ? '–' : percent(cell.score)}
      {cell.needs_manual && '*'}
    </td>
  );
}
