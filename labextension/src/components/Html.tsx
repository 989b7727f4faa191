import { useEffect, useRef } from 'react';
import { useNexus } from './context';
import { reachByKeyboard } from './scrolling';

/** what the server puts before a node's id where one text links to another (`roadmaps/learning/content_files.py`) */
const NODE_FRAGMENT = '#nexus-node-';

interface Props {
  /** HTML that the server sanitised */
  html: string;
  className?: string;
}

/** The server's sanitised HTML, with code highlighted and formulas typeset as JupyterLab does it; links open nodes. */
export function Html({ html, className = '' }: Props) {
  const { decorate, host } = useNexus();
  const ref = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new HTML must be decorated again
  useEffect(() => {
    if (ref.current) {
      const element = ref.current;
      void decorate(element).then(() => reachByKeyboard(element));
    }
  }, [html, decorate]);
  useEffect(() => {
    const element = ref.current;
    const open = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const link = target?.closest(`a[href^="${NODE_FRAGMENT}"]`)?.getAttribute('href');
      if (link) {
        event.preventDefault();
        void host.open({ page: 'node', id: link.slice(NODE_FRAGMENT.length) });
      }
    };
    element?.addEventListener('click', open);
    return () => element?.removeEventListener('click', open);
  }, [host]);
  return (
    <div
      ref={ref}
      className={`nx-html jp-RenderedHTMLCommon ${className}`}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the contract says that the server sanitises it
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
