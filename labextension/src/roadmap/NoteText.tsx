import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Html } from '../components/Html';
import { CodeTools } from './CodeTools';

interface Block {
  host: HTMLElement;
  code: string;
}

/** A note's text, with *Run* and *Copy* below each block of Python. */
export function NoteText({ html }: { html: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const [blocks, setBlocks] = useState<Block[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has other blocks
  useEffect(() => {
    const found = ref.current?.querySelectorAll<HTMLElement>('pre > code.language-python') ?? [];
    const made = [...found].map(element => {
      const host = document.createElement('div');
      element.parentElement?.after(host);
      return { host, code: element.textContent ?? '' };
    });
    setBlocks(made);
    return () => {
      for (const { host } of made) {
        host.remove();
      }
    };
  }, [html]);
  return (
    <div ref={ref}>
      <Html html={html} />
      {blocks.map(({ host, code }, place) => createPortal(<CodeTools code={code} />, host, String(place)))}
    </div>
  );
}
