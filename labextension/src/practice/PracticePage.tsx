import { type Dispatch, type SetStateAction, useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Practice, PracticeItem, PracticeResult, PracticeTask } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { Resource } from '../model/resource';
import { type Answers, emptyAnswers, toSend, unanswered } from '../roadmap/answers';
import { QuestionView } from '../roadmap/QuestionView';
import { CodeTaskView } from './CodeTaskView';
import { answered, begin, goOn, isOver, outcomes, type PracticeRun, placeInKind } from './session';

/** Ten minutes of practice: one question at a time, then short code tasks. */
export function PracticePage() {
  const { model, trans } = useNexus();
  const [practice] = useState(() => new Resource(() => model.api.get(routes.practice)));
  return (
    <div className="nx-page-body nx-practice">
      <h1>{trans.__('Practice')}</h1>
      <Loaded resource={practice} lines={6}>
        {session => <Session session={session} />}
      </Loaded>
    </div>
  );
}

function Session({ session }: { session: Practice }) {
  const { model, trans } = useNexus();
  const [run, setRun] = useState(() => begin(session));
  const over = isOver(run);
  useEffect(() => {
    if (over) {
      void Promise.all([model.next.refresh(), model.concepts.refresh()]);
    }
  }, [model, over]);
  if (run.parts.length === 0) {
    return (
      <>
        <p>
          {trans.__(
            'There is nothing to ask you right now. Questions come from quizzes that you have passed, each once a day.'
          )}
        </p>
        <Labs tasks={session.tasks} />
      </>
    );
  }
  if (over) {
    return <Ending run={run} tasks={session.tasks} />;
  }
  return (
    <>
      <p className="nx-muted">
        {trans.__(
          'About %1 minutes with what you have learnt. It earns no points: it shows you, and us, what has stayed.',
          session.minutes
        )}
      </p>
      <Part key={run.place} run={run} setRun={setRun} />
    </>
  );
}

interface PartProps {
  run: PracticeRun;
  setRun: Dispatch<SetStateAction<PracticeRun>>;
}

function Part({ run, setRun }: PartProps) {
  const { trans } = useNexus();
  const part = run.parts[run.place];
  const [number, count] = placeInKind(run);
  const following = run.parts.at(run.place + 1);
  const onAnswer = useCallback((isRight: boolean) => setRun(now => answered(now, isRight)), [setRun]);
  const onGoOn = useCallback(() => setRun(goOn), [setRun]);
  const next = following?.kind === 'code' ? trans.__('Next task') : trans.__('Next question');
  const goOnLabel = following ? next : trans.__('Finish');
  return (
    <>
      <p>
        {part.kind === 'question'
          ? trans.__('Question %1 of %2', number, count)
          : trans.__('Code task %1 of %2', number, count)}
      </p>
      <Meter share={run.place / run.parts.length} label={trans.__('Practice')} />
      {part.kind === 'question' ? (
        <Item item={part.item} onAnswer={onAnswer} onGoOn={onGoOn} goOnLabel={goOnLabel} />
      ) : (
        <CodeTaskView task={part.task} onAnswer={onAnswer} onGoOn={onGoOn} goOnLabel={goOnLabel} />
      )}
    </>
  );
}

interface ItemProps {
  item: PracticeItem;
  onAnswer: (isRight: boolean) => void;
  onGoOn: () => void;
  goOnLabel: string;
}

function Item({ item, onAnswer, onGoOn, goOnLabel }: ItemProps) {
  const { host, model, trans } = useNexus();
  const { node, question } = item;
  const [answers, setAnswers] = useState<Answers>(() => emptyAnswers([question]));
  const [result, setResult] = useState<PracticeResult | null>(null);
  const send = useCallback(async () => {
    const answer = toSend([question], answers)[question.id] ?? null;
    const body = { node_id: node.id, item: question.id, answer };
    const found = await model.api.post(routes.practiceAnswers, body);
    setResult(found);
    onAnswer(found.result.correct);
  }, [answers, model, node.id, question, onAnswer]);
  const action = useAction(send);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void action.run();
      }}
    >
      <p className="nx-muted">
        {item.is_due
          ? trans.__('“%1”: you knew it, and it was a while ago.', item.concept)
          : trans.__('About “%1”', item.concept)}
      </p>
      <ol className="nx-questions">
        <QuestionView
          question={question}
          answer={answers[question.id]}
          result={result?.result ?? null}
          onChange={(answer: Answer) => setAnswers({ [question.id]: answer })}
          onReadAgain={() => void host.open({ page: 'node', id: node.id })}
        />
      </ol>
      <div className="nx-quiz-foot" aria-live="polite">
        {result ? (
          <NextButton label={goOnLabel} go={onGoOn} />
        ) : (
          <>
            <button
              type="submit"
              className="nx-button"
              data-primary="true"
              disabled={action.busy || unanswered([question], answers).length > 0}
            >
              {trans.__('Check my answer')}
            </button>
            <button type="button" className="nx-link" onClick={onGoOn}>
              {trans.__('Pass over')}
            </button>
          </>
        )}
        {result && !result.is_counted && (
          <span className="nx-muted">
            {trans.__('You answered this today already: it does not count again.')}
          </span>
        )}
        {action.problem && <span className="nx-inline-problem">{action.problem}</span>}
      </div>
    </form>
  );
}

/** The way on has the focus as soon as the answer is checked. */
function NextButton({ label, go }: { label: string; go: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button ref={button} type="button" className="nx-button" data-primary="true" onClick={go}>
      {label}
    </button>
  );
}

function Ending({ run, tasks }: { run: PracticeRun; tasks: PracticeTask[] }) {
  const { host, trans } = useNexus();
  const found = outcomes(run);
  return (
    <div role="status">
      <h2>{trans.__('That was it')}</h2>
      <ul className="nx-due">
        {found.map(({ concept, right, asked }) => (
          <li key={concept}>
            <strong>{concept}</strong>
            <span className="nx-muted">{trans.__('%1 of %2 right', right, asked)}</span>
          </li>
        ))}
      </ul>
      <Labs tasks={tasks} />
      <p>
        <button type="button" className="nx-button" onClick={() => void host.open({ page: 'home' })}>
          {trans.__('Back to the start page')}
        </button>
      </p>
    </div>
  );
}

/** The tasks that are done in a lab's notebook, in place of tasks of the session itself. */
function Labs({ tasks }: { tasks: PracticeTask[] }) {
  const { host, trans } = useNexus();
  const labs = tasks.filter(({ code }) => code === null);
  return labs.map(task => (
    <p key={task.node.id} className="nx-practice-task">
      <span>{trans.__('And three minutes of code, for “%1”:', task.concept)}</span>{' '}
      <button
        type="button"
        className="nx-button"
        onClick={() => void host.open({ page: 'node', id: task.node.id })}
      >
        {task.node.title}
      </button>
    </p>
  ));
}
