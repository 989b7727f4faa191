import type { InputHTMLAttributes } from 'react';

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'>;

/** A field of a form below its name. */
export function TextField({
  label,
  value,
  onChange,
  ...props
}: InputProps & { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label>
      {label}
      <input className="nx-text" value={value} onChange={event => onChange(event.target.value)} {...props} />
    </label>
  );
}

export function CheckField({
  label,
  isChecked,
  onChange
}: {
  label: string;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}) {
  return (
    <label className="nx-menu-check">
      <input type="checkbox" checked={isChecked} onChange={event => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
