import { type ReactNode, useCallback, useState } from 'react';
import type { MarkingDesk, MarkingDeskChange, QuestionToMark } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import { points } from '../format';
import { backIcon } from '../icons';
import { inWords } from '../lab/checks';
import type { Resource } from '../model/resource';
import { CheckField } from '../teaching/fields';
import { useRuns, useTeaching } from '../teaching/view';
import { QuestionPage } from './QuestionPage';
import { RegradeRequests } from './RegradeRequests';
import { SecondMarks } from './SecondMarks';

const LOOK_AGAIN_MS = 5_000;

/** A class's answers that wait for a person: lab by lab, question by question; and requests to look again. */
export function MarkingTab() {
  const { trans } = useNexus();
  const { cohorts, view } = useTeaching();
  const [chosen, setChosen] = useState(view.cohortId || cohorts[0]?.id || '');
  const [nodeId, setNodeId] = useState('');
  const choose = (cohortId: string) => {
    setNodeId('');
    setChosen(cohortId);
  };
  if (cohorts.length === 0) {
    return <p className="nx-empty">{trans.__('You have no class yet. Make one on the tab “Classes”.')}</p>;
  }
  return (
    <section>
      {nodeId === '' ? (
        <>
          <div className="nx-filter">
            <select
              aria-label={trans.__('Class')}
              value={chosen}
              onChange={event => choose(event.target.value)}
            >
              {cohorts.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </div>
          <Labs cohortId={chosen} onOpen={setNodeId} />
          <RegradeRequests />
        </>
      ) : (
        <Lab cohortId={chosen} nodeId={nodeId} onBack={() => setNodeId('')} />
      )}
    </section>
  );
}

function Labs({ cohortId, onOpen }: { cohortId: string; onOpen: (nodeId: string) => void }) {
  const { model, trans } = useNexus();
  const labs = useFetched(cohortId, () => model.api.get(routes.markingLabs(cohortId)));
  useEvery(LOOK_AGAIN_MS, true, () => void labs.reload());
  const text = trans.__('No lab of this class has questions that a person marks.');
  return (
    <Loaded resource={labs} lines={4} empty={{ when: ({ items }) => items.length === 0, text }}>
      {({ items }) => (
        <TableBox label={trans.__('Labs')}>
          <table className="nx-table nx-table-wide">
            <thead>
              <tr>
                <th scope="col">{trans.__('Lab')}</th>
                <th scope="col">{trans.__('Roadmap')}</th>
                <th scope="col">{trans.__('Answers that wait')}</th>
                <th scope="col">{trans.__('Marked')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(lab => (
                <tr key={lab.node_id}>
                  <td>
                    <button type="button" className="nx-link" onClick={() => onOpen(lab.node_id)}>
                      {lab.title}
                    </button>
                  </td>
                  <td>{lab.roadmap}</td>
                  <td>{lab.waiting}</td>
                  <td>{lab.marked}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </Loaded>
  );
}

function Lab({ cohortId, nodeId, onBack }: { cohortId: string; nodeId: string; onBack: () => void }) {
  const { model, trans } = useNexus();
  const [gradeId, setGradeId] = useState('');
  const desk = useFetched(`${cohortId}/${nodeId}`, () => model.api.get(routes.markingDesk(cohortId, nodeId)));
  useEvery(LOOK_AGAIN_MS, gradeId === '', () => void desk.reload());
  if (gradeId !== '') {
    const back = () => {
      setGradeId('');
      void desk.reload();
    };
    return <OpenQuestion place={{ cohortId, nodeId, gradeId }} onBack={back} />;
  }
  return (
    <>
      <Back onBack={onBack}>{trans.__('All labs of the class')}</Back>
      <Loaded resource={desk} lines={6}>
        {shown => <Questions desk={shown} cohortId={cohortId} resource={desk} onOpen={setGradeId} />}
      </Loaded>
    </>
  );
}

function Back({ onBack, children }: { onBack: () => void; children: ReactNode }) {
  return (
    <button type="button" className="nx-link nx-back" onClick={onBack}>
      <backIcon.react tag="span" /> {children}
    </button>
  );
}

function Questions({
  desk,
  cohortId,
  resource,
  onOpen
}: {
  desk: MarkingDesk;
  cohortId: string;
  resource: Resource<MarkingDesk>;
  onOpen: (gradeId: string) => void;
}) {
  const { model, trans } = useNexus();
  const runs = useRuns(cohortId);
  const change = useAction(
    useCallback(
      async (wanted: MarkingDeskChange) => {
        resource.set(await model.api.patch(routes.markingDesk(cohortId, desk.node_id), wanted));
      },
      [cohortId, desk.node_id, model, resource]
    )
  );
  return (
    <>
      <h2>{desk.title}</h2>
      {desk.unread > 0 && (
        <p className="nx-note">
          {trans._n(
            '%1 submission is still being read.',
            '%1 submissions are still being read.',
            desk.unread
          )}
        </p>
      )}
      {runs && (
        <div className="nx-filter">
          <CheckField
            label={trans.__('Hide names from whoever marks')}
            isChecked={desk.is_anonymous}
            onChange={is_anonymous => void change.run({ is_anonymous })}
          />
          <CheckField
            label={trans.__('Two people mark each answer, and do not see each other’s marks')}
            isChecked={desk.takes_two}
            onChange={takes_two => void change.run({ takes_two })}
          />
          <InlineProblem text={change.problem} />
        </div>
      )}
      <TableBox label={trans.__('Questions')}>
        <table className="nx-table nx-table-wide">
          <thead>
            <tr>
              <th scope="col">{trans.__('Question')}</th>
              <th scope="col">{trans.__('Waits')}</th>
              <th scope="col">{trans.__('Marked')}</th>
              <th scope="col">{trans.__('Mean')}</th>
              <th scope="col">{trans.__('Who does what')}</th>
            </tr>
          </thead>
          <tbody>
            {desk.questions.map(question => (
              <tr key={question.grade_id}>
                <td>
                  <button type="button" className="nx-link" onClick={() => onOpen(question.grade_id)}>
                    {inWords(question.grade_id)}
                  </button>
                </td>
                <td>{question.waiting}</td>
                <td>{question.marked}</td>
                <td>
                  {question.mean_points === null
                    ? '–'
                    : trans.__('%1 of %2', points(question.mean_points), points(question.max_points))}
                </td>
                <td className="nx-stuck">
                  {question.people
                    .map(({ display_name, marked, in_hand }) =>
                      in_hand > 0
                        ? trans.__('%1: %2 marked, %3 in hand', display_name, marked, in_hand)
                        : trans.__('%1: %2 marked', display_name, marked)
                    )
                    .join(' · ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      {runs && desk.takes_two && <SecondMarks cohortId={cohortId} nodeId={desk.node_id} />}
    </>
  );
}

function OpenQuestion({
  place,
  onBack
}: {
  place: { cohortId: string; nodeId: string; gradeId: string };
  onBack: () => void;
}) {
  const { model, trans } = useNexus();
  const question = useFetched(`${place.cohortId}/${place.nodeId}/${place.gradeId}`, () =>
    model.api.get(routes.markingQuestion(place))
  );
  return (
    <>
      <Back onBack={onBack}>{trans.__('All questions of the lab')}</Back>
      <Loaded resource={question} lines={8}>
        {(shown: QuestionToMark) => <QuestionPage question={shown} place={place} resource={question} />}
      </Loaded>
    </>
  );
}
