import type { KeyboardEvent } from 'react';

interface Props<T extends string> {
  label: string;
  tabs: [T, string][];
  current: T;
  onChange: (tab: T) => void;
}

/** A row of tabs; the arrow keys move between them. */
export function Tabs<T extends string>({ label, tabs, current, onChange }: Props<T>) {
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const at = tabs.findIndex(([name]) => name === current);
      const next = (at + step + tabs.length) % tabs.length;
      onChange(tabs[next][0]);
      event.currentTarget.querySelectorAll('button')[next]?.focus();
      event.preventDefault();
    }
  };
  return (
    <div className="nx-tabs" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={move}>
      {tabs.map(([name, text]) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === current}
          tabIndex={name === current ? 0 : -1}
          onClick={() => onChange(name)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
