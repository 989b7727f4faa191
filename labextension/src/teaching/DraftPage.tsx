import { useCallback, useEffect, useState } from 'react';
import type { Draft } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useFetched, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Differences } from './Differences';
import { DraftConflict } from './DraftConflict';
import { DraftOutcomeView } from './DraftOutcomeView';
import { DraftSteps } from './DraftSteps';
import type { DraftProps } from './draft-parts';
import { Versions } from './Versions';

/** One draft: its steps, checking and publishing it, what it changes, and what was published before. */
export function DraftPage({ draftId, onClose }: { draftId: string; onClose: () => void }) {
  const { model, trans } = useNexus();
  const resource = useFetched(draftId, () => model.api.get(routes.draft(draftId)));
  const { data } = useResource(resource);
  useEffect(() => {
    const hear = (_: unknown, event: { type: string }) => {
      if (event.type === 'draft.changed') {
        void resource.reload();
      }
    };
    model.event.connect(hear);
    return () => void model.event.disconnect(hear);
  }, [model, resource]);
  useEvery(3000, data?.outcome?.state === 'running', () => void resource.reload());
  return (
    <section>
      <div className="nx-filter">
        <button type="button" className="nx-link" onClick={onClose}>
          {trans.__('All roadmaps')}
        </button>
      </div>
      <Loaded resource={resource} lines={6}>
        {draft => (
          <Opened
            draft={draft}
            changed={found => (found ? resource.set(found) : void resource.reload())}
            onClose={onClose}
          />
        )}
      </Loaded>
    </section>
  );
}

function Opened({ draft, changed, onClose }: DraftProps & { onClose: () => void }) {
  const { trans } = useNexus();
  const [looksAt, setLooksAt] = useState<'differences' | 'versions' | null>(null);
  const look = (at: 'differences' | 'versions') => setLooksAt(now => (now === at ? null : at));
  return (
    <>
      <h2>{draft.title}</h2>
      <p className="nx-muted">
        {trans.__(
          'The files are in your workspace, in %1. Students see nothing of them until you publish.',
          draft.folder
        )}
      </p>
      {draft.conflicts.length > 0 && <DraftConflict draft={draft} changed={changed} />}
      <DraftSteps draft={draft} changed={changed} />
      <Publish draft={draft} changed={changed} />
      {draft.outcome && <DraftOutcomeView outcome={draft.outcome} draft={draft} />}
      <div className="nx-filter">
        <Toggle isOn={looksAt === 'differences'} onToggle={() => look('differences')}>
          {trans._n('%1 changed file', '%1 changed files', draft.changes.length)}
        </Toggle>
        <Toggle isOn={looksAt === 'versions'} onToggle={() => look('versions')}>
          {trans.__('History')}
        </Toggle>
        <Discard draft={draft} onClose={onClose} />
      </div>
      {looksAt === 'differences' && <DraftDifferences draft={draft} />}
      {looksAt === 'versions' && <Versions draft={draft} changed={changed} />}
    </>
  );
}

function Toggle({ isOn, onToggle, children }: { isOn: boolean; onToggle: () => void; children: string }) {
  return (
    <button type="button" className="nx-button" aria-expanded={isOn} onClick={onToggle}>
      {children}
    </button>
  );
}

function Publish({ draft, changed }: DraftProps) {
  const { model, trans } = useNexus();
  const [message, setMessage] = useState('');
  const isBusy = draft.outcome?.state === 'running';
  const check = useAction(
    useCallback(async () => {
      changed({ ...draft, outcome: await model.api.post(routes.draftCheck(draft.id), { step: null }) });
    }, [model, draft, changed])
  );
  const publish = useAction(
    useCallback(
      async (words: string) => {
        const outcome = await model.api.post(routes.draftPublish(draft.id), { message: words });
        changed({ ...draft, outcome });
        setMessage('');
      },
      [model, draft, changed]
    )
  );
  return (
    <form
      className="nx-filter"
      onSubmit={event => {
        event.preventDefault();
        void publish.run(message.trim());
      }}
    >
      <button type="button" className="nx-button" disabled={isBusy} onClick={() => void check.run()}>
        {trans.__('Check')}
      </button>
      <input
        className="nx-text"
        aria-label={trans.__('What you changed')}
        placeholder={trans.__('What you changed')}
        value={message}
        maxLength={2000}
        required
        onChange={event => setMessage(event.target.value)}
      />
      <button type="submit" className="nx-button" data-primary disabled={isBusy || message.trim() === ''}>
        {trans.__('Publish')}
      </button>
      <InlineProblem as="p" text={check.problem} />
      <InlineProblem as="p" text={publish.problem} />
    </form>
  );
}

function DraftDifferences({ draft }: { draft: Draft }) {
  const { model } = useNexus();
  const key = `${draft.id}:${draft.changes.map(({ path, kind }) => `${path}${kind}`).join()}`;
  const resource = useFetched(key, () => model.api.get(routes.draftDifferences(draft.id)));
  return (
    <Loaded resource={resource} lines={4}>
      {({ items }) => <Differences items={items} />}
    </Loaded>
  );
}

function Discard({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { model, host, trans } = useNexus();
  const discard = useAction(
    useCallback(async () => {
      const agreed = await host.confirm({
        title: trans.__('Discard this draft?'),
        text: trans.__('Its files stay in your workspace under another name.'),
        yes: trans.__('Discard')
      });
      if (agreed) {
        await model.api.delete(routes.draft(draft.id));
        onClose();
      }
    }, [model, host, trans, draft.id, onClose])
  );
  return (
    <>
      <button
        type="button"
        className="nx-link nx-filter-end"
        disabled={discard.busy}
        onClick={() => void discard.run()}
      >
        {trans.__('Discard this draft')}
      </button>
      <InlineProblem as="p" text={discard.problem} />
    </>
  );
}
