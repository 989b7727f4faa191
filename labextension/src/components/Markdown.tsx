import { useEffect, useRef } from 'react';
import { useNexus } from './context';

/** Markdown of a person or a model, rendered and sanitised by JupyterLab. */
export function Markdown({ text }: { text: string }) {
  const { renderMarkdown } = useNexus();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stale = false;
    renderMarkdown(text).then(
      node => {
        if (!stale) {
          ref.current?.replaceChildren(node);
        }
      },
      () => {
        if (!stale && ref.current) {
          ref.current.textContent = text;
        }
      }
    );
    return () => {
      stale = true;
    };
  }, [text, renderMarkdown]);
  return <div ref={ref} className="nx-markdown" />;
}
