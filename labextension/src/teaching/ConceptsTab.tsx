import type { ConceptMatrix } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import { percent } from '../format';
import { standingOf, standingWord } from '../progress/concept-words';
import { OfRoadmapAndClass } from './Filters';
import { useTeaching } from './view';

/** How well each student knows each concept of a roadmap. */
export function ConceptsTab() {
  return <OfRoadmapAndClass>{roadmap => <Matrix slug={roadmap.slug} />}</OfRoadmapAndClass>;
}

function Matrix({ slug }: { slug: string }) {
  const { model, trans } = useNexus();
  const { cohortId } = useTeaching().view;
  const resource = useFetched(`${slug}/${cohortId}`, () =>
    model.api.get(routes.classConcepts(slug), { cohort_id: cohortId || null })
  );
  return (
    <Loaded
      resource={resource}
      lines={5}
      empty={{
        when: ({ concepts, items }) => concepts.length === 0 || items.length === 0,
        text: trans.__('There are no students yet, or this roadmap has no map of concepts.')
      }}
    >
      {matrix => <Table matrix={matrix} />}
    </Loaded>
  );
}

function Table({ matrix }: { matrix: ConceptMatrix }) {
  const { trans } = useNexus();
  return (
    <>
      <p className="nx-muted">
        {trans.__(
          'Each number is how likely a right answer is now, from first answers to quizzes, practice and labs.'
        )}
      </p>
      <TableBox label={trans.__('Concepts')}>
        <table className="nx-table nx-matrix">
          <thead>
            <tr>
              <th scope="col">{trans.__('Concept')}</th>
              <th scope="col">{trans.__('Known well by')}</th>
              {matrix.items.map(student => (
                <th key={student.user_id} scope="col">
                  {student.display_name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.concepts.map(({ id, title, mastered }, place) => (
              <tr key={id}>
                <th scope="row">{title}</th>
                <td>
                  {mastered} / {matrix.items.length}
                </td>
                {matrix.items.map(({ user_id, cells }) => {
                  const cell = cells[place];
                  const standing = standingOf(cell);
                  return (
                    <td key={user_id} data-standing={standing} title={standingWord(standing, trans)}>
                      {standing === 'new' ? '–' : percent(cell.estimate)}
                      <span className="nx-sr"> {standingWord(standing, trans)}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </>
  );
}
