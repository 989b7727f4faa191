import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { messageOf } from '../api/errors';
import type { Observable } from '../model/observable';
import { type Loadable, Resource } from '../model/resource';

/** The resource's state, fetched when first shown. */
export function useResource<T>(resource: Resource<T>): Loadable<T> {
  useEffect(() => void resource.ensure(), [resource]);
  return useSyncExternalStore(resource.subscribe, resource.snapshot);
}

/** A small state, as it is now. */
export function useObservable<S extends object>(observable: Observable<S>): S {
  return useSyncExternalStore(observable.subscribe, observable.snapshot);
}

export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<void>;
  busy: boolean;
  /** why it failed last time */
  problem: string | null;
}

/** Something a person does that takes time and may fail. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = useCallback(
    async (...args: A) => {
      setBusy(true);
      setProblem(null);
      try {
        await act(...args);
      } catch (error) {
        setProblem(messageOf(error));
      } finally {
        setBusy(false);
      }
    },
    [act]
  );
  return { run, busy, problem };
}

/** Lets one work begin when the one before it has ended: the last reply is then what holds. */
export function useTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  const last = useRef<Promise<unknown>>(Promise.resolve());
  return useCallback(<T>(work: () => Promise<T>) => {
    const turn = last.current.then(work);
    last.current = turn.catch(() => undefined);
    return turn;
  }, []);
}

/** Whatever is to be done to something that is shown, which is then read again. */
export function useReloading(reload: () => Promise<unknown>): Action<[work: () => Promise<unknown>]> {
  return useAction(
    useCallback(
      async (work: () => Promise<unknown>) => {
        await work();
        await reload();
      },
      [reload]
    )
  );
}

/** A resource that is made anew whenever `key` changes. */
export function useFetched<T>(key: string, fetch: () => Promise<T>): Resource<T> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for everything that `fetch` uses
  return useMemo(() => new Resource(fetch), [key]);
}

/** Do something every so often, as long as it is wanted. */
export function useEvery(ms: number, isWanted: boolean, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isWanted) {
      return undefined;
    }
    const timer = setInterval(() => latest.current(), ms);
    return () => clearInterval(timer);
  }, [ms, isWanted]);
}
