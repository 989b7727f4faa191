import { useEffect, useRef } from 'react';
import { useNexus } from './context';
import { reachByKeyboard } from './scrolling';

type Props = {
  text: string;
  /** the address of a picture that the text names, where it is none that a browser knows */
  picture?: (src: string) => string | undefined;
};

/** Markdown of a person or a model, rendered and sanitised by JupyterLab. */
export function Markdown({ text, picture }: Props) {
  const { renderMarkdown } = useNexus();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stale = false;
    renderMarkdown(text).then(
      node => {
        if (!stale) {
          ref.current?.replaceChildren(illustrated(disarmed(node), picture));
          reachByKeyboard(node);
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
  }, [text, picture, renderMarkdown]);
  return <div ref={ref} className="nx-markdown" />;
}

/** JupyterLab lets form controls through; within a form of ours, somebody's button would send it. */
function disarmed(node: HTMLElement): HTMLElement {
  for (const control of node.querySelectorAll('button, input, select, textarea')) {
    control.setAttribute('disabled', '');
  }
  return node;
}

/** Pictures are put in after the sanitiser, which lets their names through but no data. */
function illustrated(node: HTMLElement, picture: Props['picture']): HTMLElement {
  for (const image of node.querySelectorAll('img')) {
    const address = picture?.(image.getAttribute('src') ?? '');
    if (address) {
      image.src = address;
    }
  }
  return node;
}
