import { useNexus } from '../components/context';
import { Markdown } from '../components/Markdown';
import { type FormQuestion, hasChoices, type QuizForm } from './quiz-form';

/** What learners will be asked, as one types; their own page shuffles it. */
export function QuizPreview({ form }: { form: QuizForm }) {
  const { trans } = useNexus();
  if (form.questions.length === 0) {
    return null;
  }
  return (
    <section className="nx-preview" aria-label={trans.__('Preview of the quiz')}>
      {form.questions.map((question, at) => (
        <article key={question.id} aria-label={trans.__('Question %1', at + 1)}>
          <Markdown text={question.prompt || trans.__('*There is no text yet.*')} />
          {question.type === 'code_output' && (
            <pre>
              <code>{question.code}</code>
            </pre>
          )}
          <Given question={question} />
        </article>
      ))}
    </section>
  );
}

function Given({ question }: { question: FormQuestion }) {
  const { trans } = useNexus();
  if (!hasChoices(question.type)) {
    return <p className="nx-muted">{trans.__('Learners type the answer.')}</p>;
  }
  return (
    <ul>
      {question.choices.map(({ id, text }) => (
        <li key={id}>
          <Markdown text={text || '…'} />
        </li>
      ))}
    </ul>
  );
}
