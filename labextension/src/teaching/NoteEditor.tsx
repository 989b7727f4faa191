import { useCallback, useState } from 'react';
import type { Draft } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Markdown } from '../components/Markdown';
import { UploadMedia } from './UploadMedia';

/** A note's Markdown, with what it looks like beside it as one types. */
export function NoteEditor({ draft, path }: { draft: Draft; path: string }) {
  const { model } = useNexus();
  const file = path.slice(draft.folder.length + 1);
  const resource = useFetched(`${draft.id}:${file}`, () => model.api.get(routes.draftText(draft.id, file)));
  return (
    <Loaded resource={resource}>
      {({ text }) => <Editor key={file} draft={draft} file={file} text={text} />}
    </Loaded>
  );
}

/** What stands between two lines of dashes above a note is for the roadmap, not for its readers. */
const FRONT_MATTER = /^---\n[\s\S]*?\n---\n/;

function Editor({ draft, file, text }: { draft: Draft; file: string; text: string }) {
  const { model, trans } = useNexus();
  const [typed, setTyped] = useState(text);
  const [saved, setSaved] = useState(text);
  const described = trans.__('what is seen in the picture');
  const save = useAction(
    useCallback(async () => {
      await model.api.put(routes.draftText(draft.id, file), { text: typed });
      setSaved(typed);
    }, [model, draft.id, file, typed])
  );
  return (
    <div className="nx-note-editor">
      <textarea
        className="nx-text"
        aria-label={trans.__('Text of the note, in Markdown')}
        rows={16}
        value={typed}
        onChange={event => setTyped(event.target.value)}
      />
      <section className="nx-preview" aria-label={trans.__('Preview')}>
        <Markdown text={typed.replace(FRONT_MATTER, '')} />
      </section>
      <div className="nx-filter">
        <button
          type="button"
          className="nx-button"
          disabled={save.busy || typed === saved}
          onClick={() => void save.run()}
        >
          {typed === saved ? trans.__('Saved') : trans.__('Save the note')}
        </button>
        <InlineProblem as="p" text={save.problem} />
      </div>
      <UploadMedia
        draft={draft}
        label={trans.__('Add a picture at the end')}
        accept=".png,.jpg,.jpeg,.gif,.svg,.webp"
        onPut={({ link }) => setTyped(now => `${now.trimEnd()}\n\n![${described}](${link})\n`)}
      />
    </div>
  );
}
