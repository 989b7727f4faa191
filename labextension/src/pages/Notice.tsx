import type { ReactNode } from 'react';
import { useSite } from './site';

/** The end of a page's job, and the way on. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  const { baseUrl } = useSite();
  return (
    <div role="status">
      <h1>{title}</h1>
      <p className="nx-intro">{children}</p>
      <a className="nx-submit" href={`${baseUrl}nexus/login`}>
        Go to the login page
      </a>
    </div>
  );
}
