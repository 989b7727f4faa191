import { useCallback, useState } from 'react';
import type { NotebookVersion } from '../api/contract';
import { routes } from '../api/routes';
import { CellDifferences } from '../components/CellDifferences';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { moment } from '../format';

interface Props {
  path: string;
  /** a version came back: the file on the server is another one now */
  restored: () => Promise<void>;
}

/** A notebook's former versions, the newest first: what differs from it now, and the way back. */
export function HistoryView({ path, restored }: Props) {
  const { model, trans } = useNexus();
  const resource = useFetched(path, () => model.api.get(routes.notebookVersions, { path }));
  return (
    <div className="nx-history">
      <p className="nx-muted">
        {trans.__(
          'The notebook as you wrote it, without outputs. What you have now is kept when a version comes back.'
        )}
      </p>
      <Loaded
        resource={resource}
        empty={{
          when: ({ items }) => items.length === 0,
          text: trans.__('There are no former versions yet: they come with the first changes that are saved.')
        }}
      >
        {({ items }) => (
          <ol className="nx-history-list">
            {items.map((version, place) => (
              <Version key={version.id} version={version} isShown={place === 0} restored={restored} />
            ))}
          </ol>
        )}
      </Loaded>
    </div>
  );
}

interface VersionProps {
  version: NotebookVersion;
  /** whether what differs is shown without a click */
  isShown: boolean;
  restored: () => Promise<void>;
}

function Version({ version, isShown, restored }: VersionProps) {
  const { model, trans } = useNexus();
  const [isOpen, setIsOpen] = useState(isShown);
  const restore = useAction(
    useCallback(async () => {
      await model.api.post(routes.notebookRestore(version.id));
      await restored();
    }, [model, version.id, restored])
  );
  const when = moment(version.saved_at);
  return (
    <li>
      <p className="nx-history-head">
        <strong>
          <time dateTime={version.saved_at}>{when}</time>
        </strong>
        <span className="nx-muted">{trans._n('%1 cell', '%1 cells', version.cells)}</span>
        <button
          type="button"
          className="nx-link"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(now => !now)}
        >
          {trans.__('What differs')}
        </button>
        <button
          type="button"
          className="nx-button"
          aria-label={trans.__('Restore the version of %1', when)}
          disabled={restore.busy}
          onClick={() => void restore.run()}
        >
          {trans.__('Restore')}
        </button>
      </p>
      <InlineProblem as="p" text={restore.problem} />
      {isOpen && <WhatDiffers id={version.id} />}
    </li>
  );
}

function WhatDiffers({ id }: { id: string }) {
  const { model, trans } = useNexus();
  const resource = useFetched(id, () => model.api.get(routes.notebookVersion(id)));
  return (
    <Loaded
      resource={resource}
      empty={{
        when: ({ differing }) => differing === 0,
        text: trans.__('Nothing: you have the same text now.')
      }}
    >
      {({ cells, differing }) => (
        <>
          <CellDifferences
            cells={cells}
            beforeName={trans.__('Only now')}
            afterName={trans.__('Only in this version')}
          />
          {differing > cells.length && (
            <p className="nx-muted">
              {trans._n('%1 more cell differs.', '%1 more cells differ.', differing - cells.length)}
            </p>
          )}
        </>
      )}
    </Loaded>
  );
}
