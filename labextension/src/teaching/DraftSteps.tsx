import { type FormEvent, useCallback, useState } from 'react';
import type { Draft, DraftStep } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useTurns } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { DraftAct, DraftProps } from './draft-parts';
import { ImportFile } from './ImportFile';
import { StepSettings } from './StepSettings';

/** The steps of a draft in their order: opened, moved, described, removed; and a new one. */
export function DraftSteps({ draft, changed }: DraftProps) {
  const { model, trans } = useNexus();
  const [openSlug, setOpenSlug] = useState<string | null>(null);
  const inTurn = useTurns();
  const put = useCallback(
    async (work: () => Promise<Draft>) => changed(await inTurn(work)),
    [changed, inTurn]
  );
  const act = useAction(put);
  const slugs = draft.steps.map(({ slug }) => slug);
  const move = (at: number, by: number) => {
    const order = [...slugs];
    [order[at], order[at + by]] = [order[at + by], order[at]];
    void act.run(() => model.api.put(routes.draftSteps(draft.id), { slugs: order }));
  };
  return (
    <>
      {draft.steps.length === 0 && <p className="nx-empty">{trans.__('There are no steps yet: add one.')}</p>}
      <ol className="nx-draft-steps" aria-label={trans.__('Steps')}>
        {draft.steps.map((step, at) => (
          <li key={step.slug} className="nx-draft-step">
            <div className="nx-filter">
              <span className="nx-tag">{step.type}</span>
              <strong>{step.title}</strong>
              <span className="nx-filter-end">
                <Mover step={step} words={trans.__('Move up')} isOff={at === 0} onMove={() => move(at, -1)} />
                <Mover
                  step={step}
                  words={trans.__('Move down')}
                  isOff={at === slugs.length - 1}
                  onMove={() => move(at, 1)}
                />
                <OpenStep step={step} />
                <button
                  type="button"
                  className="nx-link"
                  aria-expanded={openSlug === step.slug}
                  aria-label={trans.__('Settings of %1', step.title)}
                  onClick={() => setOpenSlug(now => (now === step.slug ? null : step.slug))}
                >
                  {trans.__('Settings')}
                </button>
              </span>
            </div>
            {openSlug === step.slug && <StepSettings draft={draft} step={step} act={act} put={put} />}
          </li>
        ))}
      </ol>
      <NewStep draft={draft} act={act} />
      <ImportFile draft={draft} changed={changed} />
      <InlineProblem as="p" text={act.problem} />
    </>
  );
}

function Mover(props: { step: DraftStep; words: string; isOff: boolean; onMove: () => void }) {
  const { step, words, isOff, onMove } = props;
  return (
    <button
      type="button"
      className="nx-link"
      aria-label={`${words}: ${step.title}`}
      disabled={isOff}
      onClick={onMove}
    >
      {words}
    </button>
  );
}

function OpenStep({ step }: { step: DraftStep }) {
  const { host, trans } = useNexus();
  const { path } = step;
  return path?.endsWith('.ipynb') ? (
    <button
      type="button"
      className="nx-link"
      aria-label={trans.__('Open the notebook of %1', step.title)}
      onClick={() => void host.open({ page: 'notebook', path })}
    >
      {trans.__('Open')}
    </button>
  ) : null;
}

type NewKind = 'lab' | 'note' | 'video';

function NewStep({ draft, act }: { draft: Draft; act: DraftAct }) {
  const { model, trans } = useNexus();
  const [type, setType] = useState<NewKind>('note');
  const [title, setTitle] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act
      .run(() => model.api.post(routes.draftSteps(draft.id), { type, title: title.trim() }))
      .then(() => setTitle(''));
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <select
        aria-label={trans.__('Kind of the new step')}
        value={type}
        onChange={event => setType(event.target.value as NewKind)}
      >
        <option value="note">{trans.__('Note')}</option>
        <option value="lab">{trans.__('Lab')}</option>
        <option value="video">{trans.__('Video')}</option>
      </select>
      <input
        className="nx-text"
        aria-label={trans.__('Title of the new step')}
        placeholder={trans.__('Title of the new step')}
        value={title}
        maxLength={200}
        required
        onChange={event => setTitle(event.target.value)}
      />
      <button type="submit" className="nx-button" disabled={act.busy}>
        {trans.__('Add a step')}
      </button>
    </form>
  );
}
