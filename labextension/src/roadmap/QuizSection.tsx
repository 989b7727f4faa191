import { useCallback, useState } from 'react';
import type { Answer, Id, NodeDetail, Quiz, QuizResult, Unlocked } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useResource } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { percent } from '../format';
import { Resource } from '../model/resource';
import { type Answers, emptyAnswers, toSend, unanswered } from './answers';
import { QuestionView } from './QuestionView';
import { answersKept, QuizDraft } from './quiz-draft';

interface Props {
  node: NodeDetail;
  onUnlocked: (unlocked: Unlocked[]) => void;
}

/** The quiz at the end of a node. */
export function QuizSection({ node, onUnlocked }: Props) {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const [resource] = useState(() => new Resource(() => model.api.get(routes.quiz(node.id))));
  return (
    <section className="nx-quiz" aria-label={trans.__('Quiz')}>
      <h2>{trans.__('Check your understanding')}</h2>
      <Loaded
        resource={resource}
        lines={5}
        empty={{ when: quiz => quiz.questions.length === 0, text: trans.__('This quiz has no questions.') }}
      >
        {quiz =>
          me && (
            <QuizForm
              learner={me.id}
              node={node}
              quiz={quiz}
              reload={() => resource.reload()}
              onUnlocked={onUnlocked}
            />
          )
        }
      </Loaded>
    </section>
  );
}

interface FormProps extends Props {
  learner: Id;
  quiz: Quiz;
  reload: () => Promise<void>;
}

function QuizForm({ learner, node, quiz, reload, onUnlocked }: FormProps) {
  const { model, trans } = useNexus();
  const [draft] = useState(() => new QuizDraft(learner, node.id));
  const [answers, setAnswers] = useState<Answers>(() => ({
    ...emptyAnswers(quiz.questions),
    ...draft.find(quiz.questions)
  }));
  const [result, setResult] = useState<QuizResult | null>(null);
  const send = useCallback(async () => {
    const body = { answers: toSend(quiz.questions, answers) };
    const graded = await model.api.post(routes.quizAttempts(node.id), body);
    setResult(graded);
    if (graded.passed) {
      draft.forget();
    }
    onUnlocked(graded.unlocked ?? []);
    await model.reloadProgress();
  }, [answers, draft, model, node.id, onUnlocked, quiz.questions]);
  const action = useAction(send);
  const again = () => {
    const kept = answersKept(answers, result?.per_question ?? [], emptyAnswers(quiz.questions));
    setResult(null);
    setAnswers(kept);
    draft.keep(kept);
    void reload();
  };
  const open = unanswered(quiz.questions, answers).length;
  const change = (id: string, answer: Answer) => {
    const changed = { ...answers, [id]: answer };
    setAnswers(changed);
    draft.keep(changed);
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void action.run();
      }}
    >
      <p className="nx-muted">
        {trans.__('You pass with %1.', percent(quiz.passing_score))}
        {quiz.attempts_left !== null && ` ${trans._n('%1 try left.', '%1 tries left.', quiz.attempts_left)}`}
        {quiz.best_score !== null && ` ${trans.__('Your best: %1.', percent(quiz.best_score))}`}
      </p>
      <ol className="nx-questions">
        {quiz.questions.map(question => (
          <QuestionView
            key={question.id}
            question={question}
            answer={answers[question.id]}
            result={result?.per_question.find(({ id }) => id === question.id) ?? null}
            onChange={answer => change(question.id, answer)}
          />
        ))}
      </ol>
      <div className="nx-quiz-foot" aria-live="polite">
        {result ? (
          <QuizVerdict result={result} again={again} />
        ) : (
          <button type="submit" className="nx-button" data-primary="true" disabled={action.busy || open > 0}>
            {open > 0
              ? trans._n('%1 question to go', '%1 questions to go', open)
              : trans.__('Check my answers')}
          </button>
        )}
        {action.problem && <span className="nx-inline-problem">{action.problem}</span>}
      </div>
    </form>
  );
}

function QuizVerdict({ result, again }: { result: QuizResult; again: () => void }) {
  const { trans } = useNexus();
  return (
    <div className="nx-verdict" data-passed={result.passed}>
      <strong>
        {result.passed
          ? trans.__('Passed with %1', percent(result.score))
          : trans.__('%1: not yet enough', percent(result.score))}
      </strong>
      {result.xp_awarded > 0 && <span className="nx-xp">+{result.xp_awarded} XP</span>}
      {!result.passed && (
        <button type="button" className="nx-button" onClick={again}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}
