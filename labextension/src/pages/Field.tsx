import { useId, useState } from 'react';
import { useSite } from './site';

interface Props {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  autoComplete: string;
  hint?: string;
  problem?: string;
  autoFocus?: boolean;
}

/** A labelled input with its hint and what is wrong with it. */
export function Field({ name, label, type = 'text', autoComplete, hint, problem, autoFocus }: Props) {
  const { trans } = useSite();
  const id = useId();
  const [shown, setShown] = useState(false);
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className="nx-field" data-invalid={Boolean(problem)}>
      <label htmlFor={id}>{label}</label>
      <div className="nx-input">
        <input
          id={id}
          name={name}
          type={shown ? 'text' : type}
          autoComplete={autoComplete}
          // biome-ignore lint/a11y/noAutofocus: a sign-in page exists to fill in its first field
          autoFocus={autoFocus}
          required
          maxLength={type === 'password' ? 1024 : 254}
          aria-invalid={Boolean(problem)}
          aria-describedby={described || undefined}
        />
        {type === 'password' && (
          <button
            type="button"
            className="nx-reveal"
            aria-pressed={shown}
            aria-label={shown ? trans.__('Hide password') : trans.__('Show password')}
            onClick={() => setShown(!shown)}
          >
            {shown ? trans.__('Hide') : trans.__('Show')}
          </button>
        )}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="nx-hint">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className="nx-field-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
