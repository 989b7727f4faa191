import { useState } from 'react';
import { useNexus } from '../components/context';
import { Markdown } from '../components/Markdown';

/** How a text that is being written will look, on demand. */
export function Preview({ text }: { text: string }) {
  const { trans } = useNexus();
  const [isShown, setShown] = useState(false);
  return (
    <>
      <p>
        <button
          type="button"
          className="nx-button"
          aria-expanded={isShown}
          disabled={!text.trim()}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? trans.__('Hide the preview') : trans.__('Preview')}
        </button>
      </p>
      {isShown && text.trim() && (
        <section className="nx-preview" aria-label={trans.__('Preview')}>
          <Markdown text={text} />
        </section>
      )}
    </>
  );
}
