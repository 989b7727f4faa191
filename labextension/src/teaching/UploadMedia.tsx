import { useCallback } from 'react';
import type { Draft, DraftMedia } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { bytesOf } from './upload';

interface Props {
  draft: Draft;
  label: string;
  accept: string;
  onPut: (media: DraftMedia) => void;
}

/** A picture, a video or captions, put into a draft. */
export function UploadMedia({ draft, label, accept, onPut }: Props) {
  const { model } = useNexus();
  const send = useAction(
    useCallback(
      async (file: File) => {
        const content = await bytesOf(file);
        onPut(await model.api.post(routes.draftMedia(draft.id), { name: file.name, content }));
      },
      [model, draft.id, onPut]
    )
  );
  return (
    <div className="nx-filter">
      <label>
        {label}{' '}
        <input
          type="file"
          accept={accept}
          disabled={send.busy}
          onChange={event => {
            const [file] = event.target.files ?? [];
            if (file) {
              void send.run(file);
            }
          }}
        />
      </label>
      <InlineProblem as="p" text={send.problem} />
    </div>
  );
}
