import { type FormEvent, useCallback, useState } from 'react';
import type { DraftVideo } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import type { StepFormProps } from './draft-parts';
import { UploadMedia } from './UploadMedia';

/** Where a step's video is, what is said in it, and what counts as having watched it. */
export function VideoForm({ draft, step, put }: StepFormProps) {
  const { model } = useNexus();
  const path = step.video?.transcript ?? null;
  const resource = useFetched(`${draft.id}:${path}`, async () =>
    path ? (await model.api.get(routes.draftText(draft.id, path))).text : ''
  );
  return (
    <Loaded resource={resource}>
      {text => <Form key={step.slug} draft={draft} step={step} put={put} text={text} />}
    </Loaded>
  );
}

interface Values {
  url: string;
  file: string;
  captions: string;
  duration: string;
  share: string;
}

function valuesOf(video: DraftVideo | null): Values {
  return {
    url: video?.url ?? '',
    file: video?.file ?? '',
    captions: video?.captions ?? '',
    duration: String(video?.duration_s ?? ''),
    share: video?.required_share ? String(video.required_share * 100) : ''
  };
}

function Form({ draft, step, put, text }: StepFormProps & { text: string }) {
  const { model, trans } = useNexus();
  const [values, setValues] = useState(() => valuesOf(step.video ?? null));
  const [transcript, setTranscript] = useState(text);
  const set = (changed: Partial<Values>) => setValues(now => ({ ...now, ...changed }));
  const save = useAction(
    useCallback(async () => {
      const video = {
        url: values.url.trim() || null,
        file: values.file || null,
        captions: values.captions || null,
        duration_s: values.duration === '' ? null : Number(values.duration),
        required_share: values.share === '' ? null : Number(values.share) / 100,
        transcript
      };
      await put(() => model.api.put(routes.stepVideo(draft.id, step.slug), video));
    }, [model, draft.id, step.slug, values, transcript, put])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run();
  };
  return (
    <form className="nx-author-hints" onSubmit={submit} aria-label={trans.__('Video')}>
      <label>
        {trans.__('Address of the video (https)')}{' '}
        <input
          className="nx-text"
          type="url"
          value={values.url}
          disabled={values.file !== ''}
          onChange={event => set({ url: event.target.value })}
        />
      </label>
      <UploadMedia
        draft={draft}
        label={trans.__('Or a video file (WebM, MP4)')}
        accept=".webm,.mp4"
        onPut={({ path }) => set({ file: path, url: '' })}
      />
      <UploadMedia
        draft={draft}
        label={trans.__('Captions (WebVTT)')}
        accept=".vtt"
        onPut={({ path }) => set({ captions: path })}
      />
      {(values.file || values.captions) && (
        <p>
          <code>{[values.file, values.captions].filter(Boolean).join(', ')}</code>
        </p>
      )}
      <label>
        {trans.__('Length in seconds')}{' '}
        <input
          className="nx-text"
          type="number"
          min={1}
          step="any"
          value={values.duration}
          onChange={event => set({ duration: event.target.value })}
        />
      </label>
      <label>
        {trans.__('Share that has to be watched (%)')}{' '}
        <input
          className="nx-text"
          type="number"
          min={0}
          max={100}
          value={values.share}
          onChange={event => set({ share: event.target.value })}
        />
      </label>
      <label>
        {trans.__('What is said and seen in the video')}
        <textarea
          className="nx-text"
          rows={5}
          value={transcript}
          onChange={event => setTranscript(event.target.value)}
        />
      </label>
      <div className="nx-filter">
        <button type="submit" className="nx-button" disabled={save.busy}>
          {trans.__('Save the video')}
        </button>
        <InlineProblem as="p" text={save.problem} />
      </div>
    </form>
  );
}
