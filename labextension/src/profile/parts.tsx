import { PageConfig } from '@jupyterlab/coreutils';
import { type ReactNode, useId } from 'react';
import { ApiError } from '../api/errors';
import { pageUrl } from '../api/routes';
import type { Action } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';

export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="nx-settings" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** What came of an action: what went wrong, or that it is done. */
export function Outcome({
  action,
  done
}: {
  action: Pick<Action<unknown[]>, 'busy' | 'problem'>;
  done?: string | null;
}) {
  if (action.problem) {
    return <InlineProblem text={action.problem} />;
  }
  return done && !action.busy ? <span role="status">{done}</span> : null;
}

/** Say what is wrong with the fields, when the server does. */
export async function readable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const fields = error instanceof ApiError ? error.fields : [];
    throw fields.length ? new Error(fields.map(({ message }) => message).join(' ')) : error;
  }
}

export function toLogin(): void {
  window.location.assign(pageUrl(PageConfig.getBaseUrl(), 'login'));
}
