import { type FormEvent, useCallback, useState } from 'react';
import type { HelpList, HelpRequest } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Markdown } from '../components/Markdown';
import { ago } from '../format';
import type { Resource } from '../model/resource';

/** Who of my students is stuck: their cell, what the tutor told them, and room for an answer. */
export function HelpTab() {
  const { model, trans } = useNexus();
  const [isAnswered, setIsAnswered] = useState(false);
  const queue = useFetched(String(isAnswered), () =>
    model.api.get(routes.helpQueue, isAnswered ? { answered: true } : undefined)
  );
  return (
    <section>
      <label className="nx-menu-check">
        <input type="checkbox" checked={isAnswered} onChange={event => setIsAnswered(event.target.checked)} />
        {trans.__('Show what is answered')}
      </label>
      <Loaded
        resource={queue}
        lines={4}
        empty={{ when: ({ items }) => items.length === 0, text: trans.__('Nobody waits for help.') }}
      >
        {({ items }) => items.map(item => <Stuck key={item.id} item={item} queue={queue} />)}
      </Loaded>
    </section>
  );
}

function Stuck({ item, queue }: { item: HelpRequest; queue: Resource<HelpList> }) {
  const { trans } = useNexus();
  return (
    <article className="nx-hint" aria-label={trans.__('%1 is stuck', item.learner)}>
      <header>
        <strong>{item.learner}</strong>
        <span className="nx-muted">
          {[item.title, ago(item.created_at, new Date())].filter(text => text !== '').join(' · ')}
        </span>
      </header>
      {item.note && <p>{item.note}</p>}
      {item.cell_source && <pre>{item.cell_source}</pre>}
      {item.error && (
        <details>
          <summary>{item.error.split('\n').at(-1)}</summary>
          <pre>{item.error}</pre>
        </details>
      )}
      {item.conversation.length > 0 && <Conversation item={item} />}
      {item.answer === null ? <Answer item={item} queue={queue} /> : <Markdown text={item.answer} />}
    </article>
  );
}

function Conversation({ item }: { item: HelpRequest }) {
  const { trans } = useNexus();
  return (
    <details>
      <summary>{trans.__('What the tutor told, and what was asked')}</summary>
      {item.conversation.map((turn, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the conversation is a picture of that moment, and never changes
        <div key={at} className="nx-message" data-author={turn.author}>
          <Markdown text={turn.text} />
        </div>
      ))}
    </details>
  );
}

function Answer({ item, queue }: { item: HelpRequest; queue: Resource<HelpList> }) {
  const { model, trans } = useNexus();
  const [text, setText] = useState('');
  const answer = useAction(
    useCallback(async () => {
      await model.api.post(routes.helpAnswer(item.id), { text: text.trim() });
      await queue.reload();
    }, [item.id, model, queue, text])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void answer.run();
  };
  return (
    <form onSubmit={submit} className="nx-answer-form">
      <textarea
        className="nx-text"
        rows={3}
        maxLength={10000}
        aria-label={trans.__('Answer to %1', item.learner)}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <button type="submit" className="nx-button" data-primary="true" disabled={answer.busy || !text.trim()}>
        {trans.__('Answer')}
      </button>
      <InlineProblem text={answer.problem} />
    </form>
  );
}
