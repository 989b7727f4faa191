import type { OrderReport } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import { OfRoadmap } from './Filters';
import { barOf, type OrderFigures, scaleEnd, verdictOf } from './orders';

type Row = OrderFigures & { key: string; name: string; order: string; students: number; answers: number };

/** Whether choosing the next step helps: the classes whose step is chosen, beside those that follow the roadmap. */
export function OrdersTab() {
  const { trans } = useNexus();
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <section>
          <div className="nx-filter">{picker}</div>
          <p className="nx-muted">
            {trans.__(
              'Each class has an order for “Next for you”: chosen for each student, or as the roadmap has it. Decide it before a class begins.'
            )}
          </p>
          <Comparison slug={roadmap.slug} />
        </section>
      )}
    </OfRoadmap>
  );
}

function Comparison({ slug }: { slug: string }) {
  const { model, trans } = useNexus();
  const resource = useFetched(slug, () => model.api.get(routes.orders(slug)));
  return (
    <Loaded
      resource={resource}
      lines={4}
      empty={{ when: ({ items }) => items.length === 0, text: trans.__('You have no classes yet.') }}
    >
      {report => (
        <>
          <Verdict report={report} />
          <Table report={report} />
          <p>
            <a className="nx-button" href={model.api.url(routes.ordersCsv(slug))} download>
              {trans.__('Download as CSV')}
            </a>
          </p>
        </>
      )}
    </Loaded>
  );
}

function Verdict({ report: { difference } }: { report: OrderReport }) {
  const { trans } = useNexus();
  if (!difference) {
    return <p>{trans.__('Each order needs two students who answered, at least, to be compared.')}</p>;
  }
  const [from, to] = difference.interval;
  const words = {
    unknown: '',
    open: trans.__('The difference may be chance.'),
    chosen: trans.__('Students for whom the step is chosen mastered more.'),
    fixed: trans.__('Students who follow the roadmap mastered more.')
  }[verdictOf(difference)];
  return (
    <p>
      <strong>{words}</strong>{' '}
      {trans.__(
        'With chosen steps it is %1 concepts more for 100 answers; with a certainty of 95%, between %2 and %3. Classes differ in more than the order: their teachers, their times, who joined.',
        difference.mastered_per_100_answers,
        from,
        to
      )}
    </p>
  );
}

function Table({ report }: { report: OrderReport }) {
  const { trans } = useNexus();
  const orders = { chosen: trans.__('chosen'), fixed: trans.__('as the roadmap') };
  const rows: Row[] = [
    ...report.items.map(item => ({ ...item, key: item.cohort_id, order: orders[item.next_order] })),
    ...(['chosen', 'fixed'] as const).flatMap(order => {
      const figures = report.by_order[order];
      return figures ? [{ ...figures, key: order, name: trans.__('All classes'), order: orders[order] }] : [];
    })
  ];
  const end = scaleEnd(rows);
  return (
    <TableBox label={trans.__('Orders')}>
      <table className="nx-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Class')}</th>
            <th scope="col">{trans.__('Order')}</th>
            <th scope="col">{trans.__('Students who answered')}</th>
            <th scope="col">{trans.__('Answers of each')}</th>
            <th scope="col">{trans.__('Concepts mastered for 100 answers')}</th>
            <th scope="col">{trans.__('From 0 to %1', end)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td>{row.order}</td>
              <td>{row.students}</td>
              <td>{row.answers}</td>
              <td>
                {row.mastered_per_100_answers ?? '–'}
                {row.interval && ` (${trans.__('%1 to %2', row.interval[0], row.interval[1])})`}
              </td>
              <td>
                <Interval row={row} end={end} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** The mean and its interval as a line; the cell before says them in numbers. */
function Interval({ row, end }: { row: Row; end: number }) {
  const bar = barOf(row, end);
  return (
    <svg className="nx-interval" viewBox="0 0 200 16" aria-hidden="true">
      <path className="nx-interval-scale" d="M0 8H200" />
      {bar && (
        <>
          <path className="nx-interval-line" d={`M${200 * bar.from} 8H${200 * bar.to}`} />
          <circle className="nx-interval-mean" cx={200 * bar.mean} cy="8" r="4" />
        </>
      )}
    </svg>
  );
}
