import { type FormEvent, useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Preview } from './Preview';

/** The form for a new question, about the node at hand if there is one. */
export function NewThread({ onCreated }: { onCreated: (id: string) => void }) {
  const { model, trans } = useNexus();
  const focus = useSyncExternalStore(model.focus.subscribe, model.focus.snapshot);
  const [draft] = useState(() => model.question.snapshot().draft);
  const [about, setAbout] = useState(true);
  const [text, setText] = useState(draft?.body ?? '');
  const step = draft ?? (focus.nodeId ? { nodeId: focus.nodeId, title: focus.title } : null);
  // it is taken over: whoever asks again begins anew
  useEffect(() => model.question.set({ draft: null }), [model]);
  const send = useCallback(
    async (title: string, body: string, nodeId: string | null) => {
      const draft = { title, body_md: body, node_id: nodeId };
      onCreated((await model.api.post(routes.threads, draft)).id);
    },
    [model, onCreated]
  );
  const action = useAction(send);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    void action.run(
      String(values.get('title')),
      String(values.get('body')),
      about && step ? step.nodeId : null
    );
  };
  return (
    <form className="nx-post-form" onSubmit={submit}>
      <label>
        {trans.__('Your question in one line')}
        <input className="nx-text" name="title" required minLength={3} maxLength={200} />
      </label>
      <label>
        {trans.__('What did you try, and what happened? Markdown works.')}
        <textarea
          className="nx-text"
          name="body"
          required
          rows={8}
          maxLength={20000}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <Preview text={text} />
      {step && (
        <label className="nx-menu-check">
          <input type="checkbox" checked={about} onChange={() => setAbout(!about)} />
          {trans.__('This is about “%1”', step.title)}
        </label>
      )}
      <p>
        <button type="submit" className="nx-button" data-primary="true" disabled={action.busy}>
          {trans.__('Ask')}
        </button>
        {action.problem && (
          <span className="nx-inline-problem" role="alert">
            {' '}
            {action.problem}
          </span>
        )}
      </p>
    </form>
  );
}
