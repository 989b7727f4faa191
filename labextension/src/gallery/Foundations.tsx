import * as icons from '../icons';

/** The sizes of text, from the smallest to a heading. */
export function Type() {
  const sizes = ['--nx-text-note', '--nx-text', '--nx-text-lead', '--nx-text-heading'];
  return (
    <div className="nx-list">
      {sizes.map(name => (
        <p key={name} style={{ fontSize: `var(${name})` }}>
          A loop runs its body again and again. <code>{name}</code>
        </p>
      ))}
      <p className="nx-muted">What is less important is muted, never smaller than a note.</p>
      <pre className="nx-code">
        <code>{'for price in prices:\n    total += price'}</code>
      </pre>
    </div>
  );
}

const MEANINGS = ['success', 'warn', 'error', 'info', 'brand'];

/** What each colour says. None says it alone: a word or a sign stands beside it. */
export function Colours() {
  return (
    <ul className="nx-list">
      {MEANINGS.map(name => (
        <li
          key={name}
          style={{
            background: `var(--nx-${name}-tint)`,
            borderRadius: 'var(--nx-radius-box)',
            color: `var(--nx-${name}-text)`,
            padding: 8
          }}
        >
          <code>--nx-{name}-tint</code> under <code>--nx-{name}-text</code>
        </li>
      ))}
    </ul>
  );
}

/** How round corners are: the larger the thing, the rounder. */
export function Measures() {
  return (
    <div className="nx-grid">
      {['mark', 'control', 'box', 'card'].map(name => (
        <div
          key={name}
          style={{
            border: '1px solid var(--jp-border-color1)',
            borderRadius: `var(--nx-radius-${name})`,
            padding: 16
          }}
        >
          <code>--nx-radius-{name}</code>
        </div>
      ))}
    </div>
  );
}

/** Every icon, drawn with one line of one width. */
export function Icons() {
  return (
    <ul className="nx-gallery-icons">
      {Object.entries(icons).map(([name, icon]) => (
        <li key={name}>
          <icon.react tag="span" /> <span className="nx-muted">{name.replace(/Icon$/, '')}</span>
        </li>
      ))}
    </ul>
  );
}
