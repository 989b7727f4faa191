import { type FormEvent, useState } from 'react';
import { base64Of } from '../api/base64';
import type { Draft, DraftStep, StepChange } from '../api/contract';
import { routes } from '../api/routes';
import { ChooseFile } from '../components/ChooseFile';
import { useNexus } from '../components/context';
import type { DraftAct, StepFormProps, StepProps } from './draft-parts';
import { NoteEditor } from './NoteEditor';
import { QuizEditor } from './QuizEditor';
import { VideoForm } from './VideoForm';

/** What a step is called and worth, what comes before it, its text, and its data files. */
export function StepSettings({ draft, step, act, put }: StepProps & StepFormProps) {
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
      {step.type === 'video' && <VideoForm draft={draft} step={step} put={put} />}
      {step.type === 'note' && step.path && <NoteEditor draft={draft} path={step.path} />}
      {step.type !== 'lab' && <QuizEditor draft={draft} step={step} put={put} />}
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

function DataFiles({ draft, step, act }: { draft: Draft; step: DraftStep; act: DraftAct }) {
  const { model, trans } = useNexus();
  const send = (file: File) =>
    act.run(async () => {
      const content = await base64Of(file);
      return model.api.post(routes.stepData(draft.id, step.slug), { name: file.name, content });
    });
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
      <ChooseFile
        label={trans.__('Add a data file')}
        disabled={act.busy}
        onChoose={file => void send(file)}
      />
    </div>
  );
}
