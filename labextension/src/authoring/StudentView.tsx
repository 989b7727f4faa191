import { useNexus } from '../components/context';
import { useObservable } from '../components/hooks';
import { Skeleton } from '../components/Loaded';
import { NotebookView } from '../teaching/NotebookView';
import type { AuthorSession } from './session';

/** A lab as students will get it, made by the server as it makes every student version. */
export function StudentView({ session }: { session: AuthorSession }) {
  const { trans } = useNexus();
  const { release, trouble } = useObservable(session.state);
  return (
    <article className="nx-page-body" aria-label={trans.__('As students will get it')}>
      <h1>{trans.__('As students will get it')}</h1>
      {release ? (
        <>
          <p className="nx-muted">{trans._n('%1 point', '%1 points', release.max_score)}</p>
          <NotebookView notebook={release.notebook} />
        </>
      ) : trouble ? (
        <p className="nx-inline-problem" role="alert">
          {trouble}
        </p>
      ) : (
        <Skeleton lines={6} />
      )}
    </article>
  );
}
