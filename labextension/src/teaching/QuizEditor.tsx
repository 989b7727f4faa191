import { useCallback, useState } from 'react';
import type { QuizSource } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import type { StepFormProps } from './draft-parts';
import { QuestionForm } from './QuestionForm';
import { QuizPreview } from './QuizPreview';
import {
  changeOf,
  type FormQuestion,
  formOf,
  KINDS,
  moved,
  newQuestion,
  type QuestionKind,
  type QuizForm
} from './quiz-form';
import { useKindWords } from './quiz-words';

/** A step's quiz: its questions as forms, with what learners will see beside them. */
export function QuizEditor({ draft, step, put }: StepFormProps) {
  const { model, trans } = useNexus();
  const [isWanted, setWanted] = useState(step.quiz_path !== null);
  const resource = useFetched(`${draft.id}:${step.slug}:${isWanted}`, async () =>
    isWanted ? (await model.api.get(routes.stepQuiz(draft.id, step.slug))).quiz : null
  );
  if (!isWanted) {
    return (
      <div>
        <button type="button" className="nx-button" onClick={() => setWanted(true)}>
          {trans.__('Add a quiz')}
        </button>
      </div>
    );
  }
  return (
    <Loaded resource={resource}>{quiz => <Editor draft={draft} step={step} put={put} quiz={quiz} />}</Loaded>
  );
}

function Editor({ draft, step, put, quiz }: StepFormProps & { quiz: QuizSource | null }) {
  const { model, trans } = useNexus();
  const [form, setForm] = useState<QuizForm>(() => formOf(quiz));
  const [isSaved, setSaved] = useState(quiz !== null);
  const change = (values: Partial<QuizForm>) => {
    setForm(now => ({ ...now, ...values }));
    setSaved(false);
  };
  const questions = (changed: FormQuestion[]) => change({ questions: changed });
  const save = useAction(
    useCallback(async () => {
      await put(() => model.api.put(routes.stepQuiz(draft.id, step.slug), changeOf(form)));
      setSaved(true);
    }, [model, draft.id, step.slug, form, put])
  );
  return (
    <section className="nx-quiz-editor" aria-label={trans.__('Quiz')}>
      <QuizSettings form={form} change={change} />
      <ol className="nx-draft-steps" aria-label={trans.__('Questions')}>
        {form.questions.map((question, at) => (
          <li key={question.id} className="nx-draft-step">
            <QuestionForm
              question={question}
              number={at + 1}
              isLast={at === form.questions.length - 1}
              onChange={changed =>
                questions(form.questions.map(each => (each.id === question.id ? changed : each)))
              }
              onMove={by => questions(moved(form.questions, at, by))}
              onRemove={() => questions(form.questions.filter(each => each.id !== question.id))}
            />
          </li>
        ))}
      </ol>
      <NewQuestion
        onAdd={type =>
          questions([
            ...form.questions,
            newQuestion(
              type,
              form.questions.map(({ id }) => id)
            )
          ])
        }
      />
      <QuizPreview form={form} />
      <div className="nx-filter">
        <button
          type="button"
          className="nx-button"
          data-primary
          disabled={save.busy || isSaved || form.questions.length === 0}
          onClick={() => void save.run()}
        >
          {isSaved ? trans.__('Saved') : trans.__('Save the quiz')}
        </button>
        <InlineProblem as="p" text={save.problem} />
      </div>
    </section>
  );
}

function QuizSettings({ form, change }: { form: QuizForm; change: (values: Partial<QuizForm>) => void }) {
  const { trans } = useNexus();
  return (
    <div className="nx-filter">
      <strong>{trans.__('Quiz')}</strong>
      <label>
        {trans.__('Passed with (%)')}{' '}
        <input
          className="nx-text"
          type="number"
          min={0}
          max={100}
          value={form.passingScore}
          onChange={event => change({ passingScore: event.target.value })}
        />
      </label>
      <label>
        {trans.__('Attempts (none: any number)')}{' '}
        <input
          className="nx-text"
          type="number"
          min={1}
          value={form.maxAttempts}
          onChange={event => change({ maxAttempts: event.target.value })}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={form.shuffle}
          onChange={event => change({ shuffle: event.target.checked })}
        />{' '}
        {trans.__('Shuffle questions and choices')}
      </label>
    </div>
  );
}

function NewQuestion({ onAdd }: { onAdd: (type: QuestionKind) => void }) {
  const { trans } = useNexus();
  const words = useKindWords();
  const [type, setType] = useState<QuestionKind>('single');
  return (
    <div className="nx-filter">
      <select
        aria-label={trans.__('Kind of the new question')}
        value={type}
        onChange={event => setType(event.target.value as QuestionKind)}
      >
        {KINDS.map(kind => (
          <option key={kind} value={kind}>
            {words[kind]}
          </option>
        ))}
      </select>
      <button type="button" className="nx-button" onClick={() => onAdd(type)}>
        {trans.__('Add a question')}
      </button>
    </div>
  );
}
