import type { ReactNode } from 'react';

/** Where a table scrolls that is wider than the page; what it holds is named for screen readers. */
export function TableBox({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section className="nx-table-box" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
