import { useCallback } from 'react';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { Resource } from '../model/resource';

interface Page<T> {
  items: T[];
  next: string | null;
}

/** A list that comes page by page; it begins anew whenever `key` changes. */
export function usePages<T>(
  key: string,
  fetch: (cursor: string | null) => Promise<Page<T>>
): Resource<Page<T>> {
  return useFetched(key, () => fetch(null));
}

interface Props<T> {
  resource: Resource<Page<T>>;
  page: Page<T>;
  fetch: (cursor: string | null) => Promise<Page<T>>;
}

/** What fetches the next page and puts it below. */
export function More<T>({ resource, page, fetch }: Props<T>) {
  const { trans } = useNexus();
  const more = useAction(
    useCallback(async () => {
      const { items, next } = await fetch(page.next);
      resource.set({ items: [...page.items, ...items], next });
    }, [fetch, page, resource])
  );
  if (page.next === null) {
    return null;
  }
  return (
    <p>
      <button type="button" className="nx-button" disabled={more.busy} onClick={() => void more.run()}>
        {trans.__('Show more')}
      </button>
      <InlineProblem text={more.problem} />
    </p>
  );
}
