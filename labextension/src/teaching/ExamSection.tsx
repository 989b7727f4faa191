import type { NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched, useReloading } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import { moment } from '../format';
import { standingWords } from '../lab/exam-words';

/** How a lab stands for each student, and why; of a timed exam, the results are released here. */
export function ExamSection({ lab, version }: { lab: NodeSummary; version: unknown }) {
  const { model, trans } = useNexus();
  const overview = useFetched(`${lab.id}/${JSON.stringify(version)}`, () =>
    model.api.get(routes.examOverview(lab.id))
  );
  const change = useReloading(() => overview.reload());
  return (
    <Loaded
      resource={overview}
      lines={2}
      empty={{
        when: ({ items }) => items.length === 0,
        text: trans.__('No students yet. They join with the code of your class.')
      }}
    >
      {({ is_exam, items }) => (
        <section aria-label={trans.__('How it stands for each student')}>
          <h2>{trans.__('How it stands for each student')}</h2>
          <TableBox label={trans.__('Standing')}>
            <table className="nx-table nx-table-wide">
              <thead>
                <tr>
                  <th scope="col">{trans.__('Student')}</th>
                  <th scope="col">{trans.__('Standing')}</th>
                  {is_exam && <th scope="col">{trans.__('Results')}</th>}
                </tr>
              </thead>
              <tbody>
                {items.map(student => (
                  <tr key={student.user_id}>
                    <th scope="row">{student.display_name}</th>
                    <td className="nx-stuck">{standingWords(student, trans)}</td>
                    {is_exam && (
                      <td>
                        {student.released_at !== null
                          ? trans.__('shown since %1', moment(student.released_at))
                          : student.started_at !== null
                            ? trans.__('hidden')
                            : ''}
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </TableBox>
          {is_exam && (
            <p className="nx-filter">
              <button
                type="button"
                className="nx-button"
                disabled={change.busy || !items.some(isOver)}
                onClick={() => void change.run(() => model.api.post(routes.examRelease(lab.id)))}
              >
                {trans.__('Release the results')}
              </button>
              <span className="nx-muted">
                {trans.__('Of those whose exam is over. From then on they count, and bring XP.')}
              </span>
              <InlineProblem text={change.problem} />
            </p>
          )}
        </section>
      )}
    </Loaded>
  );
}

function isOver({ ended_at, released_at }: { ended_at: string | null; released_at: string | null }): boolean {
  return ended_at !== null && released_at === null;
}
