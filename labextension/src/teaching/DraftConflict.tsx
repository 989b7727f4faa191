import { useCallback, useState } from 'react';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { DraftProps } from './draft-parts';

/** Somebody else has published since the draft was begun: whose files go on is the author's to say. */
export function DraftConflict({ draft, changed }: DraftProps) {
  const { model, trans } = useNexus();
  const [theirs, setTheirs] = useState<string[]>([]);
  const mine = new Set(draft.changes.map(({ path }) => path));
  const both = draft.conflicts.filter(({ path }) => mine.has(path));
  const settle = useAction(
    useCallback(async () => {
      changed(await model.api.post(routes.draftSettle(draft.id), { take_theirs: theirs }));
    }, [model, draft.id, theirs, changed])
  );
  const take = (path: string, isTheirs: boolean) =>
    setTheirs(now => (isTheirs ? [...now, path] : now.filter(each => each !== path)));
  return (
    <div className="nx-note nx-note-info" role="alert">
      <strong>{trans.__('Somebody else has published since you began this draft.')}</strong>
      <p>
        {trans.__(
          'Nothing was overwritten. Files that only they changed are taken over; compare the others below, and choose.'
        )}
      </p>
      {both.length > 0 && (
        <fieldset className="nx-author-hints">
          <legend>{trans.__('You both changed')}</legend>
          {both.map(({ path }) => (
            <label key={path}>
              <input
                type="checkbox"
                checked={theirs.includes(path)}
                onChange={event => take(path, event.target.checked)}
              />{' '}
              {trans.__('Take theirs: %1', path)}
            </label>
          ))}
        </fieldset>
      )}
      <button type="button" className="nx-button" disabled={settle.busy} onClick={() => void settle.run()}>
        {trans.__('Go on from what is published')}
      </button>
      <InlineProblem as="p" text={settle.problem} />
    </div>
  );
}
