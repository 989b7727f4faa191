import { type FormEvent, useCallback, useState } from 'react';
import type { RegradeRequest } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { ago, points } from '../format';
import { inWords } from '../lab/checks';
import { CheckField, TextField } from '../teaching/fields';
import { useTeaching } from '../teaching/view';

/** Who asks for another look at points, and room for an answer. */
export function RegradeRequests() {
  const { model, trans } = useNexus();
  const [isAnswered, setIsAnswered] = useState(false);
  const list = useFetched(String(isAnswered), () =>
    model.api.get(routes.regradeRequests, isAnswered ? { answered: true } : undefined)
  );
  const text = isAnswered ? trans.__('Nothing was answered yet.') : trans.__('Nobody asks for another look.');
  return (
    <section aria-label={trans.__('Requests to look again')}>
      <h2>{trans.__('Requests to look again')}</h2>
      <CheckField label={trans.__('Show what is answered')} isChecked={isAnswered} onChange={setIsAnswered} />
      <Loaded resource={list} lines={2} empty={{ when: ({ items }) => items.length === 0, text }}>
        {({ items }) =>
          items.map(item => <Request key={item.id} item={item} onAnswered={() => list.reload()} />)
        }
      </Loaded>
    </section>
  );
}

function Request({ item, onAnswered }: { item: RegradeRequest; onAnswered: () => Promise<void> }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  return (
    <article className="nx-hint" aria-label={trans.__('%1 asks for another look', item.learner)}>
      <header>
        <strong>{item.learner}</strong>
        <span className="nx-muted">
          {[item.title, inWords(item.grade_id), ago(item.created_at, new Date())].join(' · ')}
        </span>
        <button
          type="button"
          className="nx-link"
          onClick={() => show({ tab: 'submissions', submissionId: item.submission_id })}
        >
          {trans.__('The submission')}
        </button>
      </header>
      <p>{item.reason}</p>
      <p className="nx-muted">
        {trans.__('%1 of %2', points(item.points), points(item.max_points))}
        {item.new_points !== null && item.new_points !== item.points && ` → ${points(item.new_points)}`}
      </p>
      {item.answer === null ? <Answer item={item} onAnswered={onAnswered} /> : <p>{item.answer}</p>}
    </article>
  );
}

function Answer({ item, onAnswered }: { item: RegradeRequest; onAnswered: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const [text, setText] = useState('');
  const [given, setGiven] = useState('');
  const answer = useAction(
    useCallback(async () => {
      await model.api.post(routes.regradeAnswer(item.id), {
        text: text.trim(),
        points: given.trim() === '' ? null : Number(given)
      });
      await onAnswered();
    }, [given, item.id, model, onAnswered, text])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void answer.run();
  };
  return (
    <form onSubmit={submit}>
      <textarea
        className="nx-text"
        rows={3}
        maxLength={5000}
        aria-label={trans.__('Answer to %1', item.learner)}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <div className="nx-filter">
        <TextField
          label={trans.__('New points, where they change')}
          type="number"
          min={0}
          max={item.max_points}
          step="any"
          value={given}
          onChange={setGiven}
        />
        <button
          type="submit"
          className="nx-button"
          data-primary="true"
          disabled={answer.busy || !text.trim()}
        >
          {trans.__('Answer')}
        </button>
        <InlineProblem text={answer.problem} />
      </div>
    </form>
  );
}
