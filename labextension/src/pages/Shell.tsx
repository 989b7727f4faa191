import type { ReactNode } from 'react';

/** The frame of every stand-alone page: what NexusAI is, beside the form. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="nx-page">
      <aside className="nx-brand">
        <p className="nx-wordmark">
          <Logo /> NexusAI
        </p>
        <div>
          <p className="nx-claim">Learn by doing, one node at a time.</p>
          <p className="nx-claim-text">
            Read a note, open the lab, run real code in your own sandbox. Stuck? Ask for a hint. Done? The
            next node unlocks.
          </p>
        </div>
        <Path />
      </aside>
      <main className="nx-panel">
        <div className="nx-panel-body">
          <p className="nx-wordmark nx-wordmark-small">
            <Logo /> NexusAI
          </p>
          {children}
        </div>
      </main>
    </div>
  );
}

function Logo() {
  return (
    <svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" aria-hidden="true">
      <g strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="5" cy="18" r="2.5" />
        <circle cx="19" cy="6" r="2.5" />
        <path d="M7.5 18H14a3.5 3.5 0 0 0 0-7h-4a3.5 3.5 0 0 1 0-7h6" />
      </g>
    </svg>
  );
}

const STEPS = [
  ['Read', 'done'],
  ['Practise', 'done'],
  ['Get graded', 'now'],
  ['Unlock the next', 'later']
] as const;

function Path() {
  return (
    <ol className="nx-steps" aria-hidden="true">
      {STEPS.map(([label, state]) => (
        <li key={label} data-state={state}>
          <span className="nx-step-dot">{state === 'done' ? '✓' : ''}</span>
          {label}
        </li>
      ))}
    </ol>
  );
}
