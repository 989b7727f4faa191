import { type FormEvent, useCallback, useState } from 'react';
import type { HelpRequest } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Markdown } from '../components/Markdown';
import { ago } from '../format';
import { questionAbout } from '../forum/question';
import type { LabSession } from './session';

/** *I'm stuck*: passes the cell and the conversation to a person, and shows what they answered. */
export function StuckForm({ session }: { session: LabSession }) {
  const { host, model, trans } = useNexus();
  const [note, setNote] = useState('');
  const own = useFetched(session.nodeId, () =>
    model.api.get(routes.help).then(({ items }) => items.filter(item => item.node_id === session.nodeId))
  );
  const ask = useAction(
    useCallback(async () => {
      await model.api.post(routes.help, { ...session.hints.stuckCell(), note: note.trim() });
      setNote('');
      await own.reload();
    }, [model, note, own, session])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void ask.run();
  };
  const askInForum = () => {
    const cell = session.hints.askedCell();
    const body = cell ? questionAbout(cell.source, cell.error) : '';
    const title = model.focus.snapshot().title;
    model.question.set({ draft: { nodeId: session.nodeId, title, body: `${note.trim()}${body}` } });
    void host.open({ page: 'forum' });
  };
  return (
    <details className="nx-lab-section">
      <summary>{trans.__('I’m stuck: ask a person')}</summary>
      <form onSubmit={submit}>
        <p className="nx-muted">
          {trans.__('Your instructors see this cell, its error, and what the tutor told you here.')}
        </p>
        <textarea
          className="nx-text"
          rows={2}
          maxLength={2000}
          aria-label={trans.__('What have you tried?')}
          placeholder={trans.__('What have you tried?')}
          value={note}
          onChange={event => setNote(event.target.value)}
        />
        <button type="submit" className="nx-button" disabled={ask.busy}>
          {trans.__('Ask a person')}
        </button>
        <button type="button" className="nx-link" onClick={askInForum}>
          {trans.__('Ask about this cell in the forum')}
        </button>
        <InlineProblem text={ask.problem} />
      </form>
      <Loaded resource={own}>{items => items.map(item => <Asked key={item.id} item={item} />)}</Loaded>
    </details>
  );
}

function Asked({ item }: { item: HelpRequest }) {
  const { trans } = useNexus();
  return (
    <article className="nx-hint">
      <header>
        <strong>{item.answer === null ? trans.__('Waiting for an answer') : trans.__('Answered')}</strong>
        <span className="nx-muted">{ago(item.answered_at ?? item.created_at, new Date())}</span>
      </header>
      {item.note && <p>{item.note}</p>}
      {item.answer !== null && <Markdown text={item.answer} />}
    </article>
  );
}
