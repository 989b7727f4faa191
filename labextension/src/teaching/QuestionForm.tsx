import { useId } from 'react';
import { useNexus } from '../components/context';
import { type FormChoice, type FormQuestion, hasChoices, moved, newChoice } from './quiz-form';
import { useKindWords } from './quiz-words';

interface Props {
  question: FormQuestion;
  number: number;
  isLast: boolean;
  onChange: (question: FormQuestion) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

/** One question: what is asked, what is right, and what it gives. */
export function QuestionForm({ question, number, isLast, onChange, onMove, onRemove }: Props) {
  const { trans } = useNexus();
  const words = useKindWords();
  const set = (values: Partial<FormQuestion>) => onChange({ ...question, ...values });
  return (
    <fieldset className="nx-author-hints">
      <legend>{trans.__('Question %1: %2', number, words[question.type])}</legend>
      <Field
        label={trans.__('Text of question %1, in Markdown', number)}
        value={question.prompt}
        rows={3}
        onChange={prompt => set({ prompt })}
      />
      {question.type === 'code_output' && (
        <Field
          label={trans.__('Code of question %1', number)}
          value={question.code}
          rows={4}
          onChange={code => set({ code })}
        />
      )}
      {hasChoices(question.type) ? (
        <Choices question={question} number={number} set={set} />
      ) : (
        <Answer question={question} number={number} set={set} />
      )}
      <Field
        label={trans.__('Explanation of question %1', number)}
        value={question.explanation}
        rows={2}
        onChange={explanation => set({ explanation })}
      />
      <div className="nx-filter">
        <Line
          label={trans.__('Points of question %1', number)}
          value={question.points}
          isNumber
          onChange={points => set({ points })}
        />
        <span className="nx-filter-end">
          <Small
            words={trans.__('Move question %1 up', number)}
            isOff={number === 1}
            onClick={() => onMove(-1)}
          />
          <Small words={trans.__('Move question %1 down', number)} isOff={isLast} onClick={() => onMove(1)} />
          <Small words={trans.__('Remove question %1', number)} onClick={onRemove} />
        </span>
      </div>
    </fieldset>
  );
}

interface PartProps {
  question: FormQuestion;
  number: number;
  set: (values: Partial<FormQuestion>) => void;
}

function Answer({ question, number, set }: PartProps) {
  const { trans } = useNexus();
  if (question.type === 'numeric') {
    return (
      <div className="nx-filter">
        <Line
          label={trans.__('Right number of question %1', number)}
          value={question.answer}
          isNumber
          onChange={answer => set({ answer })}
        />
        <Line
          label={trans.__('May differ by')}
          value={question.tolerance}
          isNumber
          onChange={tolerance => set({ tolerance })}
        />
      </div>
    );
  }
  const label =
    question.type === 'text'
      ? trans.__('Accepted answers of question %1, one a line', number)
      : trans.__('What question %1 prints', number);
  return <Field label={label} value={question.answer} rows={2} onChange={answer => set({ answer })} />;
}

function Choices({ question, number, set }: PartProps) {
  const { trans } = useNexus();
  const { type, choices } = question;
  const change = (at: number, values: Partial<FormChoice>) =>
    set({ choices: choices.map((each, place) => (place === at ? { ...each, ...values } : each)) });
  const mark = (at: number, isRight: boolean) =>
    type === 'single'
      ? set({ choices: choices.map((each, place) => ({ ...each, isRight: place === at })) })
      : change(at, { isRight });
  return (
    <>
      {type === 'ordering' && <p className="nx-muted">{trans.__('Write them in the right order.')}</p>}
      {choices.map((choice, at) => (
        <div key={choice.id} className="nx-filter">
          {type !== 'ordering' && (
            <label>
              <input
                type={type === 'single' ? 'radio' : 'checkbox'}
                name={`${question.id}-right`}
                checked={choice.isRight}
                aria-label={trans.__('Choice %1 of question %2 is right', at + 1, number)}
                onChange={event => mark(at, event.target.checked)}
              />{' '}
              {trans.__('right')}
            </label>
          )}
          <Line
            label={trans.__('Choice %1 of question %2', at + 1, number)}
            value={choice.text}
            isHidden
            onChange={text => change(at, { text })}
          />
          {type !== 'ordering' && !choice.isRight && (
            <Line
              label={trans.__('Why choice %1 of question %2 is wrong', at + 1, number)}
              value={choice.why}
              isHidden
              onChange={why => change(at, { why })}
            />
          )}
          {type === 'ordering' && (
            <Small
              words={trans.__('Move choice %1 of question %2 up', at + 1, number)}
              isOff={at === 0}
              onClick={() => set({ choices: moved(choices, at, -1) })}
            />
          )}
          <Small
            words={trans.__('Remove choice %1 of question %2', at + 1, number)}
            isOff={choices.length <= 2}
            onClick={() => set({ choices: choices.filter((_, place) => place !== at) })}
          />
        </div>
      ))}
      <div>
        <button
          type="button"
          className="nx-link"
          onClick={() => set({ choices: [...choices, newChoice(choices.map(({ id }) => id))] })}
        >
          {trans.__('Add a choice to question %1', number)}
        </button>
      </div>
    </>
  );
}

interface FieldProps {
  label: string;
  value: string;
  rows: number;
  onChange: (value: string) => void;
}

function Field({ label, value, rows, onChange }: FieldProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="nx-text"
        rows={rows}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </>
  );
}

interface LineProps {
  label: string;
  value: string;
  isNumber?: boolean;
  /** the label is read out, and stands in the empty field */
  isHidden?: boolean;
  onChange: (value: string) => void;
}

function Line({ label, value, isNumber, isHidden, onChange }: LineProps) {
  const id = useId();
  return (
    <>
      {!isHidden && <label htmlFor={id}>{label}</label>}
      <input
        id={id}
        className="nx-text"
        type={isNumber ? 'number' : 'text'}
        step={isNumber ? 'any' : undefined}
        value={value}
        aria-label={isHidden ? label : undefined}
        placeholder={isHidden ? label : undefined}
        onChange={event => onChange(event.target.value)}
      />
    </>
  );
}

function Small({ words, isOff, onClick }: { words: string; isOff?: boolean; onClick: () => void }) {
  return (
    <button type="button" className="nx-link" disabled={isOff} onClick={onClick}>
      {words}
    </button>
  );
}
