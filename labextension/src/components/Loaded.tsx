import type { ReactNode } from 'react';
import { messageOf } from '../api/errors';
import type { Resource } from '../model/resource';
import { useNexus } from './context';
import { useResource } from './hooks';

interface Props<T> {
  resource: Resource<T>;
  children: (data: T) => ReactNode;
  /** what to say when there is nothing */
  empty?: { when: (data: T) => boolean; text: ReactNode };
  /** lines of the placeholder */
  lines?: number;
}

/** A resource's data, or its loading, empty or failed state. */
export function Loaded<T>({ resource, children, empty, lines = 3 }: Props<T>) {
  const state = useResource(resource);
  if (state.data !== undefined) {
    return <>{empty?.when(state.data) ? <p className="nx-empty">{empty.text}</p> : children(state.data)}</>;
  }
  if (state.status === 'failed') {
    return <Problem error={state.error} retry={() => void resource.reload()} />;
  }
  return <Skeleton lines={lines} />;
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { trans } = useNexus();
  return (
    <div className="nx-problem" role="alert">
      <p>{messageOf(error)}</p>
      {retry && (
        <button type="button" className="nx-button" onClick={retry}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}

export function Skeleton({ lines }: { lines: number }) {
  const { trans } = useNexus();
  return (
    <div className="nx-skeleton" role="status" aria-label={trans.__('Loading')}>
      {Array.from({ length: lines }, (_, line) => `line-${line}`).map(key => (
        <div key={key} className="nx-skeleton-line" />
      ))}
    </div>
  );
}
