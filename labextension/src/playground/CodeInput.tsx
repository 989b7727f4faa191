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
    const place = host.current;
    if (!place) {
      return undefined;
    }
    let isGone = false;
    const made = newEditor(place, language);
    const dispose = async () => {
      const editor = await made;
      editor.dispose();
      editor.model.dispose();
    };
    void made.then(editor => {
      const text = editor.model.sharedModel;
      if (isGone) {
        return;
      }
      text.setSource(latest.current.code);
      text.changed.connect(() => latest.current.onChange(text.getSource()));
      place.querySelector('[contenteditable]')?.setAttribute('aria-label', label);
    });
    return () => {
      isGone = true;
      void dispose();
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
