import type { ReactNode } from 'react';
import { pageUrl } from '../api/routes';
import { useSite } from './site';

/** The end of a page's job, and the way on. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  const { baseUrl, trans } = useSite();
  return (
    <div role="status">
      <h1>{title}</h1>
      <p className="nx-intro">{children}</p>
      <a className="nx-submit" href={pageUrl(baseUrl, 'login')}>
        {trans.__('Go to the login page')}
      </a>
    </div>
  );
}
