import type { Gradebook, GradebookNode, NodeAnalytics, NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { TableBox } from '../components/TableBox';
import { percent } from '../format';
import { inWords } from '../lab/checks';
import { typeWord } from '../roadmap/RoadmapView';
import { OfRoadmapAndClass } from './Filters';
import { useGradebook, useNoStudents } from './GradebookTable';
import { useTeaching } from './view';

/** How far the students are on each step, who is stuck, and on what. */
export function ProgressTab() {
  return <OfRoadmapAndClass>{roadmap => <Overview slug={roadmap.slug} />}</OfRoadmapAndClass>;
}

function Overview({ slug }: { slug: string }) {
  const { view } = useTeaching();
  const resource = useGradebook(slug);
  return (
    <Loaded resource={resource} lines={6} empty={useNoStudents()}>
      {book => {
        const chosen = book.nodes.find(({ id }) => id === view.nodeId);
        return (
          <>
            <Steps book={book} />
            {chosen && <Details key={chosen.id} node={chosen} />}
          </>
        );
      }}
    </Loaded>
  );
}

function Steps({ book }: { book: Gradebook }) {
  const { trans } = useNexus();
  const { view, show } = useTeaching();
  return (
    <TableBox label={trans.__('Progress')}>
      <table className="nx-table nx-table-wide">
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('Begun')}</th>
            <th scope="col">{trans.__('Completed')}</th>
            <th scope="col">{trans.__('Mean score')}</th>
            <th scope="col">{trans.__('Stuck for days')}</th>
          </tr>
        </thead>
        <tbody>
          {book.nodes.map((node, place) => {
            const { begun, completed, mean, stuck } = standing(book, place);
            return (
              <tr key={node.id} data-chosen={node.id === view.nodeId}>
                <th scope="row">
                  <button
                    type="button"
                    className="nx-link"
                    aria-expanded={node.id === view.nodeId}
                    onClick={() => show({ nodeId: node.id === view.nodeId ? '' : node.id })}
                  >
                    {node.title}
                  </button>{' '}
                  <span className="nx-muted">{typeWord(node.type as NodeSummary['type'], trans)}</span>
                </th>
                <td>{begun}</td>
                <td>
                  {completed} / {book.items.length}
                </td>
                <td>{mean === null ? '–' : percent(mean)}</td>
                <td className={stuck.length ? 'nx-stuck' : 'nx-muted'}>
                  {stuck.length ? stuck.join(', ') : trans.__('nobody')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableBox>
  );
}

function standing(book: Gradebook, place: number) {
  const cells = book.items.map(({ cells, display_name }) => ({ ...cells[place], display_name }));
  const scores = cells.map(({ score }) => score).filter((score): score is number => score !== null);
  return {
    begun: cells.filter(({ status }) => status !== null).length,
    completed: cells.filter(({ status }) => status === 'completed').length,
    mean: scores.length ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null,
    stuck: cells.filter(({ is_stuck }) => is_stuck).map(({ display_name }) => display_name)
  };
}

function Details({ node }: { node: GradebookNode }) {
  const { model, trans } = useNexus();
  const { cohortId } = useTeaching().view;
  const resource = useFetched(`${node.id}/${cohortId}`, () =>
    model.api.get(routes.analytics(node.id), { cohort_id: cohortId || null })
  );
  return (
    <section className="nx-details" aria-label={node.title}>
      <h2>{node.title}</h2>
      <Loaded resource={resource}>
        {seen => (
          <>
            <p className="nx-muted">
              {trans.__(
                '%1 of %2 students began, %3 completed it.',
                seen.opened,
                seen.students,
                seen.completed
              )}
              {seen.mean_attempts !== null &&
                ` ${trans.__('%1 attempts each on average.', Math.round(seen.mean_attempts * 10) / 10)}`}
            </p>
            {seen.mean_score !== null && <Distribution counts={seen.score_distribution} />}
            <Hardest points={seen.points_of_failure} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Distribution({ counts }: { counts: number[] }) {
  const { trans } = useNexus();
  const most = Math.max(1, ...counts);
  return (
    <figure className="nx-bars">
      <figcaption>{trans.__('Students by score')}</figcaption>
      <ol>
        {counts.map((count, bin) => {
          const range = `${bin * 10}–${bin * 10 + 10}%`;
          return (
            <li key={range} title={`${range}: ${count}`}>
              <span className="nx-bar-count">{count || ''}</span>
              <span className="nx-bar" style={{ height: `${(count / most) * 60}px` }} />
              <span className="nx-bar-label">{range}</span>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}

function Hardest({ points }: { points: NodeAnalytics['points_of_failure'] }) {
  const { trans } = useNexus();
  if (points.length === 0) {
    return <p className="nx-empty">{trans.__('Nobody has handed anything in yet.')}</p>;
  }
  return (
    <>
      <h3>{trans.__('The hardest first')}</h3>
      <ul className="nx-hardest">
        {points.map(point => {
          const share = point.tried ? point.missed / point.tried : 0;
          return (
            <li key={point.id}>
              <strong>{inWords(point.id)}</strong>
              <span className="nx-muted">
                {trans.__('missed in %1 of %2 attempts', point.missed, point.tried)}
              </span>
              <Meter share={share} label={trans.__('Missed')} />
              {point.messages.map(({ message, count }) => (
                <p key={message} className="nx-result-message">
                  {count > 1 && <strong>{count}× </strong>}
                  {message}
                </p>
              ))}
            </li>
          );
        })}
      </ul>
    </>
  );
}
