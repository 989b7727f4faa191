import { useCallback, useState } from 'react';
import type { SourceVersion } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { moment } from '../format';
import { Differences } from './Differences';
import type { DraftProps } from './draft-parts';

/** What was published of a roadmap: who, when, why, and what it changed. An older version can come back into the draft. */
export function Versions({ draft, changed }: DraftProps) {
  const { model, trans } = useNexus();
  const resource = useFetched(`${draft.slug}:${draft.outcome?.commit}`, () =>
    model.api.get(routes.versions(draft.slug))
  );
  return (
    <Loaded
      resource={resource}
      empty={{
        when: ({ items }) => items.length === 0,
        text: trans.__('Nothing was published from here yet.')
      }}
    >
      {({ items }) => (
        <ul className="nx-versions">
          {items.map(version => (
            <Version key={version.commit} version={version} draft={draft} changed={changed} />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function Version({ version, draft, changed }: DraftProps & { version: SourceVersion }) {
  const { model, trans } = useNexus();
  const [isOpen, setIsOpen] = useState(false);
  const restore = useAction(
    useCallback(async () => {
      changed(await model.api.post(routes.draftRestore(draft.id), { commit: version.commit }));
    }, [model, draft.id, version.commit, changed])
  );
  return (
    <li>
      <p>
        <strong>{version.message}</strong> · {version.author} · {moment(version.at)}
      </p>
      <div className="nx-filter">
        <button
          type="button"
          className="nx-link"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(now => !now)}
        >
          {trans.__('What it changed')}
        </button>
        <button type="button" className="nx-link" disabled={restore.busy} onClick={() => void restore.run()}>
          {trans.__('Put this version into the draft')}
        </button>
      </div>
      <InlineProblem as="p" text={restore.problem} />
      {isOpen && <Changed slug={draft.slug} commit={version.commit} />}
    </li>
  );
}

function Changed({ slug, commit }: { slug: string; commit: string }) {
  const { model, trans } = useNexus();
  const resource = useFetched(`${slug}:${commit}`, () => model.api.get(routes.version(slug, commit)));
  return (
    <Loaded resource={resource}>
      {({ items }) => (
        <Differences items={items} beforeName={trans.__('Before')} afterName={trans.__('After')} />
      )}
    </Loaded>
  );
}
