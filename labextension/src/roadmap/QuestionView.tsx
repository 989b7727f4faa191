import { type MouseEvent, useId } from 'react';
import type { Answer, Choice, Question, QuestionResult } from '../api/contract';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { checkIcon, crossIcon } from '../icons';
import { moved, toggled } from './answers';
import { findHeading } from './quiz-draft';

interface Props {
  question: Question;
  answer: Answer | undefined;
  result: QuestionResult | null;
  onChange: (answer: Answer) => void;
  /** opens the note, where that is not around the question */
  onReadAgain?: () => void;
}

/** One question of any type, and after the quiz what came of it. */
export function QuestionView({ question, answer, result, onChange, onReadAgain }: Props) {
  const { trans } = useNexus();
  const label = useId();
  return (
    <li className="nx-question" data-correct={result ? result.correct : undefined}>
      <div id={label} className="nx-question-prompt">
        <Html html={question.prompt_html} />
        {question.code && (
          <pre className="nx-code">
            <code>{question.code}</code>
          </pre>
        )}
      </div>
      <fieldset disabled={result !== null} aria-labelledby={label} className="nx-answer">
        <AnswerInput question={question} answer={answer} label={label} onChange={onChange} />
      </fieldset>
      {result && (
        <div className="nx-question-result">
          <span className={result.correct ? 'nx-right' : 'nx-wrong'}>
            {result.correct ? <checkIcon.react tag="span" /> : <crossIcon.react tag="span" />}
            {result.correct ? trans.__('Right') : trans.__('Not right')}
          </span>
          {result.why_html.map(why => (
            <Html key={why} html={why} />
          ))}
          {!result.correct && result.why_html.length === 0 && (
            <ReadAgain section={result.section} open={onReadAgain} />
          )}
          {result.key_html.length > 0 && <Key html={result.key_html} />}
          {result.explanation_html && <Html html={result.explanation_html} />}
        </div>
      )}
    </li>
  );
}

/** The right answer, once the quiz is over. */
function Key({ html }: { html: string[] }) {
  const { trans } = useNexus();
  return (
    <div className="nx-key">
      <span>{trans.__('The right answer:')}</span>
      {html.map(text => (
        <Html key={text} html={text} />
      ))}
    </div>
  );
}

/** Where the answer stands: the author's section, else the note from its top. */
function ReadAgain({ section, open }: { section: string | null; open?: () => void }) {
  const { trans } = useNexus();
  const go = (event: MouseEvent<HTMLButtonElement>) => {
    const note = event.currentTarget.closest('article');
    const headings = note?.querySelectorAll<HTMLElement>('h1, h2, h3, h4') ?? [];
    const target = (section === null ? null : findHeading(headings, section)) ?? headings[0];
    target?.scrollIntoView({ block: 'start' });
    target?.setAttribute('tabindex', '-1');
    target?.focus({ preventScroll: true });
  };
  return (
    <button type="button" className="nx-link" onClick={open ?? go}>
      {trans.__('Read about this in the note')}
    </button>
  );
}

interface InputProps {
  question: Question;
  answer: Answer | undefined;
  label: string;
  onChange: (answer: Answer) => void;
}

function AnswerInput({ question, answer, label, onChange }: InputProps) {
  const choices = question.choices ?? [];
  switch (question.type) {
    case 'single':
    case 'multiple':
      return <Choices question={question} choices={choices} answer={answer} onChange={onChange} />;
    case 'ordering':
      return <Ordering choices={choices} answer={answer} onChange={onChange} />;
    case 'code_output':
      return (
        <textarea
          className="nx-text nx-mono"
          rows={2}
          spellCheck={false}
          aria-labelledby={label}
          value={String(answer ?? '')}
          onChange={event => onChange(event.target.value)}
        />
      );
    default:
      return (
        <input
          className="nx-text"
          type="text"
          inputMode={question.type === 'numeric' ? 'decimal' : 'text'}
          autoComplete="off"
          aria-labelledby={label}
          value={String(answer ?? '')}
          onChange={event => onChange(event.target.value)}
        />
      );
  }
}

interface ChoicesProps {
  question: Question;
  choices: Choice[];
  answer: Answer | undefined;
  onChange: (answer: Answer) => void;
}

function Choices({ question, choices, answer, onChange }: ChoicesProps) {
  const several = question.type === 'multiple';
  const chosen = (id: string) => (Array.isArray(answer) ? answer.includes(id) : answer === id);
  return (
    <>
      {choices.map(choice => (
        <label key={choice.id} className="nx-choice" data-chosen={chosen(choice.id)}>
          <input
            type={several ? 'checkbox' : 'radio'}
            name={question.id}
            checked={chosen(choice.id)}
            onChange={() => onChange(several ? toggled(answer, choice.id) : choice.id)}
          />
          <Html html={choice.html} />
        </label>
      ))}
    </>
  );
}

function Ordering({ choices, answer, onChange }: Omit<ChoicesProps, 'question'>) {
  const { trans } = useNexus();
  const order = Array.isArray(answer) ? answer : choices.map(({ id }) => id);
  return (
    <ol className="nx-ordering">
      {order.map((id, place) => (
        <li key={id}>
          <Html html={choices.find(choice => choice.id === id)?.html ?? id} />
          <span className="nx-ordering-buttons">
            <button
              type="button"
              className="nx-icon-button"
              aria-label={trans.__('Move up')}
              disabled={place === 0}
              onClick={() => onChange(moved(order, id, -1))}
            >
              ↑
            </button>
            <button
              type="button"
              className="nx-icon-button"
              aria-label={trans.__('Move down')}
              disabled={place === order.length - 1}
              onClick={() => onChange(moved(order, id, 1))}
            >
              ↓
            </button>
          </span>
        </li>
      ))}
    </ol>
  );
}
