import { type FormEvent, useCallback, useState } from 'react';
import type { Draft, DraftStep, StepChange } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { type Action, useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { DraftProps } from './draft-parts';
import { NoteEditor } from './NoteEditor';
import { bytesOf } from './upload';

/** The steps of a draft in their order: opened, moved, described, removed; and a new one. */
export function DraftSteps({ draft, changed }: DraftProps) {
  const { model, trans } = useNexus();
  const [openSlug, setOpenSlug] = useState<string | null>(null);
  const act = useAction(useCallback(async (work: () => Promise<Draft>) => changed(await work()), [changed]));
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
            {openSlug === step.slug && <Settings draft={draft} step={step} act={act} />}
          </li>
        ))}
      </ol>
      <NewStep draft={draft} act={act} />
      <InlineProblem as="p" text={act.problem} />
    </>
  );
}

type Act = Action<[() => Promise<Draft>]>;

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

/** What a step is called and worth, what comes before it, its text, and its data files. */
function Settings({ draft, step, act }: { draft: Draft; step: DraftStep; act: Act }) {
  const { model, host, trans } = useNexus();
  const [title, setTitle] = useState(step.title);
  const [points, setPoints] = useState(String(step.points));
  const change = (values: StepChange) =>
    void act.run(() => model.api.patch(routes.draftStep(draft.id, step.slug), values));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change({ title: title.trim(), points: Number(points) || 0 });
  };
  const remove = async () => {
    const agreed = await host.confirm({
      title: trans.__('Take “%1” out of the roadmap?', step.title),
      text: trans.__('Its files stay in the draft. Learners keep what they earned.'),
      yes: trans.__('Take it out')
    });
    if (agreed) {
      await act.run(() => model.api.delete(routes.draftStep(draft.id, step.slug)));
    }
  };
  return (
    <div className="nx-draft-settings">
      <form className="nx-filter" onSubmit={submit}>
        <label>
          {trans.__('Title')}{' '}
          <input
            className="nx-text"
            value={title}
            required
            onChange={event => setTitle(event.target.value)}
          />
        </label>
        <label>
          {trans.__('Points')}{' '}
          <input
            className="nx-text"
            type="number"
            min={0}
            value={points}
            onChange={event => setPoints(event.target.value)}
          />
        </label>
        <button type="submit" className="nx-button" disabled={act.busy}>
          {trans.__('Keep')}
        </button>
        <button type="button" className="nx-link nx-filter-end" onClick={() => void remove()}>
          {trans.__('Take it out')}
        </button>
      </form>
      <Requires draft={draft} step={step} onChange={requires => change({ requires })} />
      {step.type === 'lab' && <DataFiles draft={draft} step={step} act={act} />}
      {step.type === 'note' && step.path && <NoteEditor draft={draft} path={step.path} />}
    </div>
  );
}

interface RequiresProps {
  draft: Draft;
  step: DraftStep;
  onChange: (requires: string[] | null) => void;
}

/** Which steps have to be done first: the one before it, nothing, or those that are ticked. */
function Requires({ draft, step, onChange }: RequiresProps) {
  const { trans } = useNexus();
  const { requires } = step;
  const others = draft.steps.filter(({ slug }) => slug !== step.slug);
  const toggle = (slug: string, isWanted: boolean) =>
    onChange(isWanted ? [...(requires ?? []), slug] : (requires ?? []).filter(each => each !== slug));
  return (
    <fieldset className="nx-author-hints">
      <legend>{trans.__('What has to be done first')}</legend>
      <label>
        <input
          type="checkbox"
          checked={requires === null}
          onChange={event => onChange(event.target.checked ? null : [])}
        />{' '}
        {trans.__('The step before it')}
      </label>
      {requires !== null &&
        others.map(({ slug, title }) => (
          <label key={slug}>
            <input
              type="checkbox"
              checked={requires.includes(slug)}
              onChange={event => toggle(slug, event.target.checked)}
            />{' '}
            {title}
          </label>
        ))}
    </fieldset>
  );
}

function DataFiles({ draft, step, act }: { draft: Draft; step: DraftStep; act: Act }) {
  const { model, trans } = useNexus();
  const send = (files: FileList | null) => {
    const [file] = files ?? [];
    if (file) {
      void act.run(async () => {
        const content = await bytesOf(file);
        return model.api.post(routes.stepData(draft.id, step.slug), { name: file.name, content });
      });
    }
  };
  return (
    <div className="nx-filter">
      <span>
        {step.data.length > 0 ? (
          <>
            {trans.__('Beside the notebook:')} <code>{step.data.join(', ')}</code>
          </>
        ) : (
          trans.__('No data files')
        )}
      </span>
      <label>
        {trans.__('Add a data file')}{' '}
        <input type="file" disabled={act.busy} onChange={event => send(event.target.files)} />
      </label>
    </div>
  );
}

function NewStep({ draft, act }: { draft: Draft; act: Act }) {
  const { model, trans } = useNexus();
  const [type, setType] = useState<'lab' | 'note'>('note');
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
        onChange={event => setType(event.target.value as 'lab' | 'note')}
      >
        <option value="note">{trans.__('Note')}</option>
        <option value="lab">{trans.__('Lab')}</option>
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
