import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Thread, ThreadSort } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Excerpt } from '../components/Excerpt';
import { useResource } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { ago } from '../format';
import { checkIcon } from '../icons';
import { Resource } from '../model/resource';
import { Digest } from './Digest';
import { NewThread } from './NewThread';
import { Reports } from './Reports';
import { ThreadView } from './ThreadView';

type View = { kind: 'list' } | { kind: 'new' } | { kind: 'reports' } | { kind: 'thread'; id: string };

/** Questions and answers among learners. */
export function ForumPage() {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const [view, setView] = useState<View>({ kind: 'list' });
  const shown = useSyncExternalStore(model.shownThread.subscribe, model.shownThread.snapshot);
  useEffect(() => {
    if (shown.id !== null) {
      setView({ kind: 'thread', id: shown.id });
    }
  }, [shown]);
  const { draft } = useSyncExternalStore(model.question.subscribe, model.question.snapshot);
  useEffect(() => {
    if (draft !== null) {
      setView({ kind: 'new' });
    }
  }, [draft]);
  const back = () => setView({ kind: 'list' });
  const open = (id: string) => setView({ kind: 'thread', id });
  return (
    <div className="nx-page-body">
      <header className="nx-section-head">
        <h1>{trans.__('Forum')}</h1>
        {view.kind === 'list' ? (
          <span className="nx-post-actions">
            {me && me.role !== 'student' && (
              <button type="button" className="nx-button" onClick={() => setView({ kind: 'reports' })}>
                {trans.__('Reported posts')}
              </button>
            )}
            <button
              type="button"
              className="nx-button"
              data-primary="true"
              onClick={() => setView({ kind: 'new' })}
            >
              {trans.__('Ask a question')}
            </button>
          </span>
        ) : (
          <button type="button" className="nx-link" onClick={back}>
            {trans.__('All questions')}
          </button>
        )}
      </header>
      {view.kind === 'list' && <ThreadList onOpen={open} />}
      {view.kind === 'reports' && <Reports onOpen={open} />}
      {view.kind === 'new' && <NewThread onCreated={open} />}
      {view.kind === 'thread' && <ThreadView key={view.id} id={view.id} />}
    </div>
  );
}

function ThreadList({ onOpen }: { onOpen: (id: string) => void }) {
  const { trans } = useNexus();
  const [sort, setSort] = useState<ThreadSort>('active');
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState('');
  const sorts: [ThreadSort, string][] = [
    ['active', trans.__('Active')],
    ['new', trans.__('New')],
    ['unanswered', trans.__('Unanswered')]
  ];
  return (
    <>
      <form
        className="nx-forum-filter"
        onSubmit={event => {
          event.preventDefault();
          setAsked(words.trim());
        }}
      >
        <input
          className="nx-text"
          type="search"
          placeholder={trans.__('Search questions')}
          aria-label={trans.__('Search questions')}
          maxLength={200}
          value={words}
          onChange={event => setWords(event.target.value)}
        />
        <div className="nx-tabs" role="tablist">
          {sorts.map(([name, label]) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === sort}
              onClick={() => setSort(name)}
            >
              {label}
            </button>
          ))}
        </div>
      </form>
      <Threads key={`${sort}/${asked}`} sort={sort} words={asked} onOpen={onOpen} />
      <Digest />
    </>
  );
}

interface ThreadsProps {
  sort: ThreadSort;
  words: string;
  onOpen: (id: string) => void;
}

function Threads({ sort, words, onOpen }: ThreadsProps) {
  const { model, trans } = useNexus();
  const [resource] = useState(
    () => new Resource(() => model.api.get(routes.threads, { sort, q: words || null }))
  );
  const more = async () => {
    const page = resource.data;
    if (page?.next) {
      const after = await model.api.get(routes.threads, {
        sort,
        q: words || null,
        cursor: page.next
      });
      resource.set({ items: [...page.items, ...after.items], next: after.next });
    }
  };
  const empty = words ? trans.__('Nothing found.') : trans.__('No questions yet. Ask the first one.');
  return (
    <Loaded resource={resource} lines={5} empty={{ when: page => page.items.length === 0, text: empty }}>
      {page => (
        <>
          <ul className="nx-threads">
            {page.items.map(thread => (
              <ThreadRow key={thread.id} thread={thread} onOpen={() => onOpen(thread.id)} />
            ))}
          </ul>
          {page.next && (
            <button type="button" className="nx-button" onClick={() => void more()}>
              {trans.__('Show more')}
            </button>
          )}
        </>
      )}
    </Loaded>
  );
}

function ThreadRow({ thread, onOpen }: { thread: Thread; onOpen: () => void }) {
  const { trans } = useNexus();
  const answers = Math.max(0, thread.post_count - 1);
  return (
    <li>
      <button type="button" className="nx-thread" onClick={onOpen}>
        <span className="nx-thread-count" data-solved={thread.accepted_post_id !== null}>
          {thread.accepted_post_id !== null ? <checkIcon.react tag="span" /> : null}
          {answers}
          <span className="nx-sr">{trans.__('answers')}</span>
        </span>
        <span className="nx-thread-body">
          <span className="nx-card-title">{thread.title}</span>
          <span className="nx-muted">
            {thread.author.display_name} · {ago(thread.last_post_at, new Date())}
            {thread.pinned && ` · ${trans.__('pinned')}`}
            {thread.locked && ` · ${trans.__('closed')}`}
          </span>
          {thread.excerpt.length > 0 && (
            <span className="nx-hit-text">
              <Excerpt pieces={thread.excerpt} />
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
