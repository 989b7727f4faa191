import { type FormEvent, useCallback, useState } from 'react';
import type { RoadmapSource } from '../api/contract';
import { routes } from '../api/routes';
import { slugOf } from '../authoring/drafts';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Resource } from '../model/resource';
import { DraftPage } from './DraftPage';

/** The sources of all roadmaps: begin to change one, or a new one; or a draft, opened. */
export function DraftsTab() {
  const { model } = useNexus();
  const [sources] = useState(
    () =>
      new Resource(async () => {
        const [{ items }, { items: drafts }] = await Promise.all([
          model.api.get(routes.sources),
          model.api.get(routes.drafts)
        ]);
        const fresh = drafts.filter(({ slug }) => !items.some(source => source.slug === slug));
        return { items, fresh };
      })
  );
  const [openId, setOpenId] = useState<string | null>(null);
  if (openId) {
    const close = () => {
      setOpenId(null);
      void sources.reload();
    };
    return <DraftPage key={openId} draftId={openId} onClose={close} />;
  }
  return (
    <section>
      <Loaded resource={sources} lines={4}>
        {({ items, fresh }) => (
          <ul className="nx-grid">
            {fresh.map(({ id, slug }) => (
              <li key={id} className="nx-card">
                <button type="button" className="nx-link nx-card-title" onClick={() => setOpenId(id)}>
                  {slug}
                </button>
                <Tag kind="new" />
              </li>
            ))}
            {items.map(source => (
              <Source key={source.slug} source={source} open={setOpenId} />
            ))}
          </ul>
        )}
      </Loaded>
      <NewRoadmap open={setOpenId} />
    </section>
  );
}

function Tag({ kind }: { kind: 'new' | RoadmapSource['origin'] }) {
  const { trans } = useNexus();
  const words = {
    new: trans.__('not published yet'),
    product: trans.__('came with the product'),
    site: trans.__('of this site')
  };
  return <span className="nx-tag">{words[kind]}</span>;
}

function Source({ source, open }: { source: RoadmapSource; open: (id: string) => void }) {
  const { model, trans } = useNexus();
  const { slug, title, origin, authors, may_write: mayWrite, draft_id: draftId } = source;
  const begin = useAction(
    useCallback(async () => {
      open(draftId ?? (await model.api.post(routes.drafts, { slug })).id);
    }, [model, open, slug, draftId])
  );
  return (
    <li className="nx-card">
      <span className="nx-card-title">{title}</span>
      <Tag kind={origin} />
      {authors.length > 0 && (
        <span className="nx-muted">
          {trans.__('Authors: %1', authors.map(({ display_name: name }) => name).join(', '))}
        </span>
      )}
      {mayWrite || draftId ? (
        <button
          type="button"
          className="nx-button"
          aria-label={trans.__(
            '%1: %2',
            draftId ? trans.__('Open my draft') : trans.__('Begin a draft'),
            title
          )}
          disabled={begin.busy}
          onClick={() => void begin.run()}
        >
          {draftId ? trans.__('Open my draft') : trans.__('Begin a draft')}
        </button>
      ) : (
        <span className="nx-muted">{trans.__('Only its authors may write it.')}</span>
      )}
      <InlineProblem as="p" text={begin.problem} />
    </li>
  );
}

function NewRoadmap({ open }: { open: (id: string) => void }) {
  const { model, trans } = useNexus();
  const [title, setTitle] = useState('');
  const create = useAction(
    useCallback(
      async (name: string) => {
        open((await model.api.post(routes.drafts, { slug: slugOf(name), title: name })).id);
      },
      [model, open]
    )
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run(title.trim());
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <input
        className="nx-text"
        aria-label={trans.__('Title of the new roadmap')}
        placeholder={trans.__('Title of the new roadmap')}
        value={title}
        maxLength={200}
        required
        onChange={event => setTitle(event.target.value)}
      />
      <button type="submit" className="nx-button" disabled={create.busy || slugOf(title) === ''}>
        {trans.__('New roadmap')}
      </button>
      <InlineProblem as="p" text={create.problem} />
    </form>
  );
}
