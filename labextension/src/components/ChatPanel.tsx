import { type KeyboardEvent, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ChatMessage } from '../api/contract';
import { routes } from '../api/routes';
import { sendIcon } from '../icons';
import { Resource } from '../model/resource';
import { useNexus } from './context';
import { useAction } from './hooks';
import { Loaded } from './Loaded';
import { Markdown } from './Markdown';
import { TutorStatus } from './TutorStatus';

/** The tutor: one conversation per node, and a general one. */
export function ChatPanel({ isPage = false }: { isPage?: boolean }) {
  const { model, trans } = useNexus();
  const { nodeId, title } = useSyncExternalStore(model.focus.subscribe, model.focus.snapshot);
  const [general, setGeneral] = useState(false);
  const room = general || !nodeId ? 'general' : nodeId;
  return (
    <div className="nx-chat">
      <div className="nx-lab-head">
        {isPage ? <h1>{trans.__('Tutor')}</h1> : <h2>{trans.__('Tutor')}</h2>}
        {nodeId ? (
          <div className="nx-tabs" role="tablist">
            <button type="button" role="tab" aria-selected={!general} onClick={() => setGeneral(false)}>
              {title}
            </button>
            <button type="button" role="tab" aria-selected={general} onClick={() => setGeneral(true)}>
              {trans.__('General')}
            </button>
          </div>
        ) : (
          <p className="nx-muted">{trans.__('Ask about anything that you are learning.')}</p>
        )}
      </div>
      <TutorStatus nodeId={room === 'general' ? null : room} />
      <Room key={room} room={room} />
    </div>
  );
}

function Room({ room }: { room: string }) {
  const { model, trans } = useNexus();
  const [resource] = useState(
    () => new Resource(() => model.api.get(routes.chat(room)).then(({ items }) => items))
  );
  const [draft, setDraft] = useState('');
  const [left, setLeft] = useState<number | null>(null);
  const send = useCallback(
    async (message: string) => {
      if (resource.data === undefined) {
        // what is put in now would take the place of what was said before and is still on its way
        await resource.reload();
      }
      const mine: ChatMessage = {
        id: `mine-${Date.now()}`,
        author: 'learner',
        text: message,
        source: '',
        links: [],
        created_at: new Date().toISOString()
      };
      resource.set([...(resource.data ?? []), mine]);
      try {
        const reply = await model.api.postStream(routes.chat(room), { message }, part =>
          setDraft(text => text + part)
        );
        setLeft(reply.remaining_today);
        resource.update(messages => [...messages, reply]);
      } finally {
        setDraft('');
      }
    },
    [model, resource, room]
  );
  const action = useAction(send);
  return (
    <>
      <Loaded resource={resource} lines={3}>
        {messages => <Messages messages={messages} draft={draft} busy={action.busy} />}
      </Loaded>
      {action.problem && (
        <p className="nx-note nx-note-problem" role="alert">
          {action.problem}
        </p>
      )}
      <Composer busy={action.busy} onSend={message => void action.run(message)} />
      {left !== null && (
        <p className="nx-muted">{trans._n('%1 message left today', '%1 messages left today', left)}</p>
      )}
    </>
  );
}

function Messages({ messages, draft, busy }: { messages: ChatMessage[]; draft: string; busy: boolean }) {
  const { trans } = useNexus();
  const end = useRef<HTMLDivElement>(null);
  const length = messages.length + draft.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever makes the list longer scrolls it
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [length]);
  return (
    <div className="nx-messages" role="log" aria-live="polite">
      {messages.length === 0 && (
        <p className="nx-empty">
          {trans.__('Nothing said yet. The tutor explains; it never gives the solution.')}
        </p>
      )}
      {messages.map(message => (
        <div key={message.id} className="nx-message" data-author={message.author}>
          <Markdown text={message.text} />
          <Links links={message.links} />
        </div>
      ))}
      {busy && (
        <div className="nx-message" data-author="tutor">
          {draft ? <Markdown text={draft} /> : <span className="nx-muted">{trans.__('Thinking…')}</span>}
        </div>
      )}
      <div ref={end} />
    </div>
  );
}

function Links({ links }: { links: ChatMessage['links'] }) {
  const { host } = useNexus();
  return (
    <>
      {links.map(({ node_id: id, title, place }) => (
        <p key={id}>
          <button type="button" className="nx-link" onClick={() => void host.open({ page: 'node', id })}>
            {title}
          </button>{' '}
          <span className="nx-muted">{place}</span>
        </p>
      ))}
    </>
  );
}

function Composer({ busy, onSend }: { busy: boolean; onSend: (message: string) => void }) {
  const { trans } = useNexus();
  const [text, setText] = useState('');
  const submit = () => {
    if (text.trim() && !busy) {
      onSend(text.trim());
      setText('');
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form
      className="nx-composer"
      onSubmit={event => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        className="nx-text"
        rows={2}
        maxLength={4000}
        placeholder={trans.__('Ask the tutor…')}
        aria-label={trans.__('Message to the tutor')}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="nx-button" data-primary="true" disabled={busy || !text.trim()}>
        <sendIcon.react tag="span" />
        <span className="nx-sr">{trans.__('Send')}</span>
      </button>
    </form>
  );
}
