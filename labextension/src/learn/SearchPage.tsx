import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Hit } from '../api/contract';
import { useNexus } from '../components/context';
import { Excerpt } from '../components/Excerpt';
import { Loaded } from '../components/Loaded';
import { forumIcon, labIcon, noteIcon, videoIcon } from '../icons';
import { Resource } from '../model/resource';
import { type Searched, searchFor } from './search';

/** what was looked for last: whoever comes back from a hit sees the others */
let latest: Searched | null = null;

/** One search over steps, one's own notebooks and the forum. */
export function SearchPage() {
  const { model, trans } = useNexus();
  const [words, setWords] = useState(latest?.words ?? '');
  const [searched, setSearched] = useState(latest);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = `${trans.__('Search')} · NexusAI`;
    field.current?.focus();
  }, [trans]);
  const search = (event: FormEvent) => {
    event.preventDefault();
    latest = searchFor(words, asked => new Resource(() => model.api.get(...asked)));
    setSearched(latest);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows go from hit to hit, which are buttons themselves
    <div className="nx-page-body nx-search" onKeyDown={walk}>
      <h1>{trans.__('Search')}</h1>
      {/* biome-ignore lint/a11y/useSemanticElements: React knows no <search> yet */}
      <form role="search" className="nx-forum-filter" onSubmit={search}>
        <input
          ref={field}
          type="search"
          className="nx-text"
          minLength={2}
          maxLength={200}
          value={words}
          onChange={event => setWords(event.target.value)}
          aria-label={trans.__('Words to look for')}
          placeholder={trans.__('Words in notes, labs, your notebooks and the forum')}
        />
        <button type="submit" className="nx-button" data-primary="true">
          {trans.__('Search')}
        </button>
      </form>
      <div aria-live="polite">{searched && <Found key={searched.id} searched={searched} />}</div>
    </div>
  );
}

function Found({ searched }: { searched: Searched }) {
  const { trans } = useNexus();
  return (
    <Loaded
      resource={searched.hits}
      empty={{
        when: ({ items }) => items.length === 0,
        text: trans.__('Nothing has all of these words. Try fewer, or the beginning of one.')
      }}
    >
      {({ items, has_more }) => (
        <>
          <p className="nx-muted">
            {has_more
              ? trans.__('The best %1 hits. Another word narrows it down.', items.length)
              : trans._n('%1 hit', '%1 hits', items.length)}
          </p>
          <ol className="nx-hits">
            {items.map(hit => (
              <li key={hit.node_id ?? hit.thread_id ?? hit.path}>
                <HitView hit={hit} />
              </li>
            ))}
          </ol>
        </>
      )}
    </Loaded>
  );
}

const ICONS = { note: noteIcon, video: videoIcon, lab: labIcon, notebook: labIcon, thread: forumIcon };

function HitView({ hit }: { hit: Hit }) {
  const { host, model, trans } = useNexus();
  const kinds: Record<Hit['kind'], string> = {
    note: trans.__('Note'),
    video: trans.__('Video'),
    lab: trans.__('Lab'),
    notebook: trans.__('Your notebook'),
    thread: trans.__('Forum')
  };
  const Icon = ICONS[hit.kind].react;
  const open = () => {
    if (hit.node_id) {
      void host.open({ page: 'node', id: hit.node_id });
    } else if (hit.path) {
      void host.open({ page: 'notebook', path: hit.path });
    } else {
      model.shownThread.set({ id: hit.thread_id });
      void host.open({ page: 'forum' });
    }
  };
  return (
    <>
      <button type="button" className="nx-link nx-hit" onClick={open}>
        <Icon tag="span" /> {hit.title}
      </button>{' '}
      <span className="nx-muted">{[kinds[hit.kind], hit.place].filter(Boolean).join(' · ')}</span>
      <p className="nx-hit-text">
        <Excerpt pieces={hit.excerpt} />
      </p>
    </>
  );
}

/** Up and down go between the words and the hits. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) {
    return;
  }
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, .nx-hit')];
  const next = stops[stops.indexOf(event.target as HTMLElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
