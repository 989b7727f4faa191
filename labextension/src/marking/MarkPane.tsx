import { type FormEvent, type RefObject, useSyncExternalStore } from 'react';
import type { QuestionToMark } from '../api/contract';
import { useNexus } from '../components/context';
import { points } from '../format';
import { CheckField, TextField } from '../teaching/fields';
import { keyOf } from './keys';
import type { MarkingSession } from './session';
import { signed, sumOf } from './words';

interface Props {
  question: QuestionToMark;
  session: MarkingSession;
  comment: RefObject<HTMLTextAreaElement>;
}

/** What the answers in hand are given: items of the rubric, or points; and a comment. */
export function MarkPane({ question, session, comment }: Props) {
  const { trans } = useNexus();
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const { rubric } = question;
  const items = rubric.items.filter(({ is_retired }) => !is_retired);
  const sum = sumOf(items, state.chosen, rubric.starts_full, question.max_points);
  const size = state.isOneOnly ? 1 : (state.held?.ids.length ?? 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void session.give();
  };
  return (
    <form className="nx-desk-mark" aria-label={trans.__('The mark')} onSubmit={submit}>
      <fieldset className="nx-desk-items">
        <legend>{trans.__('Rubric')}</legend>
        {items.length === 0 && (
          <p className="nx-muted">{trans.__('No items yet: change the rubric, or give points.')}</p>
        )}
        {items.map((item, place) => (
          <label key={item.id} className="nx-desk-item">
            <input
              type="checkbox"
              checked={state.chosen.includes(item.id)}
              onChange={() => session.choose(item.id)}
            />
            {keyOf(place) && <kbd>{keyOf(place)}</kbd>}
            <span>{item.text}</span>
            <span className="nx-muted">{signed(item.points)}</span>
          </label>
        ))}
      </fieldset>
      <p className="nx-desk-sum">
        <strong>{state.points.trim() === '' ? points(sum) : state.points}</strong>{' '}
        {trans.__('of %1', points(question.max_points))}
      </p>
      <TextField
        label={trans.__('Points instead of the sum')}
        type="number"
        min={0}
        max={question.max_points}
        step="any"
        value={state.points}
        onChange={text => session.set({ points: text })}
      />
      <label>
        {trans.__('Comment for the students')}
        <textarea
          ref={comment}
          className="nx-text"
          rows={3}
          maxLength={5000}
          value={state.comment}
          onChange={event => session.set({ comment: event.target.value })}
          onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
        />
      </label>
      {question.snippets.length > 0 && (
        <select
          className="nx-text"
          aria-label={trans.__('A comment that was given before')}
          value=""
          onChange={event => session.set({ comment: event.target.value })}
        >
          <option value="">{trans.__('Comments given before…')}</option>
          {question.snippets.map(text => (
            <option key={text} value={text}>
              {text}
            </option>
          ))}
        </select>
      )}
      {(state.held?.ids.length ?? 0) > 1 && (
        <CheckField
          label={trans.__('This one only')}
          isChecked={state.isOneOnly}
          onChange={isOneOnly => session.set({ isOneOnly })}
        />
      )}
      <div className="nx-filter">
        <button type="submit" className="nx-button" data-primary="true" disabled={!session.mayGive(rubric)}>
          {size > 1 ? trans.__('Give to all %1', size) : trans.__('Give the mark')} <kbd>↵</kbd>
        </button>
        <button type="button" className="nx-button" onClick={() => void session.skip()}>
          {trans.__('Skip')} <kbd>N</kbd>
        </button>
        <button
          type="button"
          className="nx-button"
          disabled={!state.canUndo && state.sending === 0}
          onClick={() => void session.undo()}
        >
          {trans.__('Undo')} <kbd>U</kbd>
        </button>
      </div>
    </form>
  );
}
