import { useCallback } from 'react';
import { base64Of } from '../api/base64';
import type { Draft, DraftMedia } from '../api/contract';
import { routes } from '../api/routes';
import { ChooseFile } from '../components/ChooseFile';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';

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
        const content = await base64Of(file);
        onPut(await model.api.post(routes.draftMedia(draft.id), { name: file.name, content }));
      },
      [model, draft.id, onPut]
    )
  );
  return (
    <div className="nx-filter">
      <ChooseFile label={label} accept={accept} disabled={send.busy} onChoose={file => void send.run(file)} />
      <InlineProblem as="p" text={send.problem} />
    </div>
  );
}
