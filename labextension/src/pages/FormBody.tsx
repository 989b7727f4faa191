import type { ReactNode } from 'react';
import { useSite } from './site';
import type { Form } from './useForm';

interface Props {
  form: Form;
  title: string;
  intro?: string;
  submit: string;
  children: ReactNode;
  foot?: ReactNode;
}

/** Title, fields, what went wrong, and the button. */
export function FormBody({ form, title, intro, submit, children, foot }: Props) {
  const { trans } = useSite();
  return (
    <>
      <h1>{title}</h1>
      {intro && <p className="nx-intro">{intro}</p>}
      <form className="nx-form" onSubmit={form.onSubmit}>
        <div aria-live="polite">
          {form.problem && (
            <p className="nx-alert" role="alert">
              {form.problem}
            </p>
          )}
        </div>
        {children}
        <button type="submit" className="nx-submit" disabled={form.busy} aria-busy={form.busy}>
          {form.busy ? trans.__('One moment…') : submit}
        </button>
      </form>
      {foot && <div className="nx-foot">{foot}</div>}
    </>
  );
}
