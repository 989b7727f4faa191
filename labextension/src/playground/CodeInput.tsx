import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useNexus } from '../components/context';

interface Props {
  label: string;
  language: string;
  code: string;
  onChange: (code: string) => void;
  /** Ctrl or Command with Enter */
  onRun: () => void;
}

/** JupyterLab's code editor. */
export function CodeInput({ label, language, code, onChange, onRun }: Props) {
  const { newEditor } = useNexus();
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef({ code, onChange });
  latest.current = { code, onChange };
  useEffect(() => {
    if (!host.current) {
      return undefined;
    }
    const editor = newEditor(host.current, language);
    const text = editor.model.sharedModel;
    text.setSource(latest.current.code);
    text.changed.connect(() => latest.current.onChange(text.getSource()));
    host.current.querySelector('[contenteditable]')?.setAttribute('aria-label', label);
    return () => {
      editor.dispose();
      editor.model.dispose();
    };
  }, [label, language, newEditor]);
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      onRun();
    }
  };
  return <div className="nx-code-input jp-Editor" ref={host} onKeyDownCapture={press} />;
}
