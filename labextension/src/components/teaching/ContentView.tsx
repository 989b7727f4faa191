import { useCallback, useState } from 'react';
import type { ContentStatus } from '../../apisocial';
import { Resource } from '../../resource';
import { useNexus } from '../context';
import { useAction } from '../hooks';
import { Loaded } from '../Loaded';

/** The files on disk against what learners see, and what is wrong with them. */
export function ContentView() {
  const { model, trans } = useNexus();
  const [resource] = useState(
    () => new Resource(() => model.api.get<ContentStatus>('/teaching/content/status'))
  );
  const sync = useAction(
    useCallback(async () => {
      await model.api.post('/teaching/content/sync');
      await Promise.all([resource.reload(), model.reloadProgress()]);
    }, [model, resource])
  );
  return (
    <section>
      <h2>{trans.__('Content')}</h2>
      <Loaded resource={resource} lines={2}>
        {status => (
          <>
            <p className="nx-forum-filter">
              <span>
                {trans.__('%1 roadmaps, %2 nodes', status.roadmaps, status.nodes)}
                {status.pending.length > 0 && ` · ${trans.__('%1 changed on disk', status.pending.length)}`}
              </span>
              <button
                type="button"
                className="nx-button"
                disabled={sync.busy}
                onClick={() => void sync.run()}
              >
                {sync.busy ? trans.__('Reading…') : trans.__('Read the files again')}
              </button>
            </p>
            {sync.problem && <p className="nx-inline-problem">{sync.problem}</p>}
            <ul className="nx-content-problems">
              {status.problems.map(problem => (
                <li key={`${problem.file}:${problem.line}:${problem.message}`}>
                  <code>
                    {problem.file}:{problem.line}
                  </code>{' '}
                  {problem.message}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}
