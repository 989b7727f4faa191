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
          ref.current?.replaceChildren(disarmed(node));
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

/** JupyterLab lets form controls through; within a form of ours, somebody's button would send it. */
function disarmed(node: HTMLElement): HTMLElement {
  for (const control of node.querySelectorAll('button, input, select, textarea')) {
    control.setAttribute('disabled', '');
  }
  return node;
}
