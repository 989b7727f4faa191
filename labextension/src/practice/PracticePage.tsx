import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Practice, PracticeItem, PracticeTask } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { Resource } from '../model/resource';
import { type Answers, emptyAnswers, toSend, unanswered } from '../roadmap/answers';
import { QuestionView } from '../roadmap/QuestionView';
import { CodeTaskView } from './CodeTaskView';
import { answered, begin, goOn, isOver, outcomes, type PracticeRun } from './session';

/** Ten minutes of practice: one question at a time, then a short code task. */
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
  const [run, setRun] = useState(() => begin(session.items));
  const over = isOver(run);
  useEffect(() => {
    if (over) {
      void Promise.all([model.next.refresh(), model.concepts.refresh()]);
    }
  }, [model, over]);
  if (run.items.length === 0) {
    return (
      <>
        <p>
          {trans.__(
            'There is nothing to ask you right now. Questions come from quizzes that you have passed, each once a day.'
          )}
        </p>
        {session.task && <Task task={session.task} />}
      </>
    );
  }
  if (over) {
    return <Ending run={run} task={session.task} />;
  }
  return (
    <>
      <p className="nx-muted">
        {trans.__(
          'About %1 minutes with what you have learnt. It earns no points: it shows you, and us, what has stayed.',
          session.minutes
        )}
      </p>
      <p>{trans.__('Question %1 of %2', run.place + 1, run.items.length)}</p>
      <Meter share={run.place / run.items.length} label={trans.__('Practice')} />
      <Item key={run.place} run={run} item={run.items[run.place]} setRun={setRun} />
    </>
  );
}

interface ItemProps {
  run: PracticeRun;
  item: PracticeItem;
  setRun: (run: PracticeRun) => void;
}

function Item({ run, item, setRun }: ItemProps) {
  const { host, model, trans } = useNexus();
  const { node, question } = item;
  const [answers, setAnswers] = useState<Answers>(() => emptyAnswers([question]));
  const result = run.results[run.place];
  const send = useCallback(async () => {
    const answer = toSend([question], answers)[question.id] ?? null;
    const body = { node_id: node.id, item: question.id, answer };
    setRun(answered(run, await model.api.post(routes.practiceAnswers, body)));
  }, [answers, model, node.id, question, run, setRun]);
  const action = useAction(send);
  const isLast = run.place + 1 === run.items.length;
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
          <NextButton
            label={isLast ? trans.__('Finish') : trans.__('Next question')}
            go={() => setRun(goOn(run))}
          />
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
            <button type="button" className="nx-link" onClick={() => setRun(goOn(run))}>
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

function Ending({ run, task }: { run: PracticeRun; task: PracticeTask | null }) {
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
      {task && <Task task={task} />}
      <p>
        <button type="button" className="nx-button" onClick={() => void host.open({ page: 'home' })}>
          {trans.__('Back to the start page')}
        </button>
      </p>
    </div>
  );
}

function Task({ task }: { task: PracticeTask }) {
  const { host, trans } = useNexus();
  if (task.code) {
    return <CodeTaskView task={task} code={task.code} />;
  }
  return (
    <p className="nx-practice-task">
      <span>{trans.__('And three minutes of code, for “%1”:', task.concept)}</span>{' '}
      <button
        type="button"
        className="nx-button"
        onClick={() => void host.open({ page: 'node', id: task.node.id })}
      >
        {task.node.title}
      </button>
    </p>
  );
}
