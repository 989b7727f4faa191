import type { ReactNode } from 'react';
import { useNexus } from '../components/context';

interface Props {
  resource: { reload: () => Promise<unknown> };
  /** what stands beside the button */
  children?: ReactNode;
}

/** The bar above what was read: in a few words how it is, and a button that reads it again. */
export function LookAgain({ resource, children }: Props) {
  const { trans } = useNexus();
  return (
    <div className="nx-filter">
      {children}
      <button type="button" className="nx-button nx-filter-end" onClick={() => void resource.reload()}>
        {trans.__('Look again')}
      </button>
    </div>
  );
}
