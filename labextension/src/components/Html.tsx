import { useEffect, useRef } from 'react';
import { useNexus } from './context';

interface Props {
  /** HTML that the server sanitised */
  html: string;
  className?: string;
}

/** The server's sanitised HTML, with code highlighted and formulas typeset as JupyterLab does it. */
export function Html({ html, className = '' }: Props) {
  const { decorate } = useNexus();
  const ref = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new HTML must be decorated again
  useEffect(() => {
    if (ref.current) {
      void decorate(ref.current);
    }
  }, [html, decorate]);
  return (
    <div
      ref={ref}
      className={`nx-html jp-RenderedHTMLCommon ${className}`}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the contract says that the server sanitises it
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
