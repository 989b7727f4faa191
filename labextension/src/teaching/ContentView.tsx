import { useCallback, useEffect, useState } from 'react';
import type { ContentProblem, SyncResult } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Resource } from '../model/resource';

/** The files on disk against what learners see, and what is wrong with them. */
export function ContentView() {
  const { model, trans } = useNexus();
  const [resource] = useState(() => new Resource(() => model.api.get(routes.contentStatus)));
  const [done, setDone] = useState<SyncResult | null>(null);
  useEffect(() => {
    const onEvent = (_: unknown, { type }: { type: string }) => {
      if (type === 'content.changed') {
        void resource.reload();
      }
    };
    model.event.connect(onEvent);
    return () => void model.event.disconnect(onEvent);
  }, [model, resource]);
  const sync = useAction(
    useCallback(async () => {
      setDone(await model.api.post(routes.contentSync));
      await Promise.all([resource.reload(), model.reloadProgress()]);
    }, [model, resource])
  );
  return (
    <section>
      <Loaded resource={resource} lines={3}>
        {status => (
          <>
            <div className="nx-filter">
              <span>
                {trans._n('%1 roadmap', '%1 roadmaps', status.roadmaps)},{' '}
                {trans._n('%1 step', '%1 steps', status.nodes)}
                {status.archived_nodes > 0 && ` · ${trans.__('%1 archived', status.archived_nodes)}`}
              </span>
              <button
                type="button"
                className="nx-button nx-filter-end"
                data-primary={status.pending.length > 0}
                disabled={sync.busy}
                onClick={() => void sync.run()}
              >
                {sync.busy ? trans.__('Reading…') : trans.__('Read the files again')}
              </button>
            </div>
            <InlineProblem as="p" text={sync.problem} />
            {done && <Outcome done={done} />}
            <Pending names={status.pending} />
            <Problems problems={status.problems} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Outcome({ done }: { done: SyncResult }) {
  const { trans } = useNexus();
  const parts: [string, string[]][] = [
    [trans.__('New'), done.created],
    [trans.__('Changed'), done.updated],
    [trans.__('Archived'), done.archived]
  ];
  const said = parts.filter(([, names]) => names.length > 0);
  return (
    <div className="nx-note nx-note-info" role="status">
      <strong>{trans.__('The files were read.')}</strong>
      {said.length === 0 && <p>{trans.__('Nothing has changed for learners.')}</p>}
      {said.map(([word, names]) => (
        <p key={word}>
          {word}: {names.join(', ')}
        </p>
      ))}
    </div>
  );
}

function Pending({ names }: { names: string[] }) {
  const { trans } = useNexus();
  if (names.length === 0) {
    return null;
  }
  return (
    <div>
      <h2>{trans.__('Not yet with learners')}</h2>
      <p className="nx-muted">
        {trans.__('Changed on disk since the files were last read, or kept back by an error below.')}
      </p>
      <ul className="nx-plain-list">
        {names.map(name => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Problems({ problems }: { problems: ContentProblem[] }) {
  const { trans } = useNexus();
  if (problems.length === 0) {
    return <p className="nx-empty">{trans.__('All files are in order.')}</p>;
  }
  return (
    <div>
      <h2>{trans._n('%1 problem in the files', '%1 problems in the files', problems.length)}</h2>
      <p className="nx-muted">
        {trans.__('A bad file is left out alone; learners keep its last good version.')}
      </p>
      <ul className="nx-content-problems">
        {problems.map(problem => (
          <li key={`${problem.file}:${problem.line}:${problem.message}`} data-severity={problem.severity}>
            <span className="nx-tag">{problem.severity}</span>
            <code>
              {problem.file}:{problem.line}
            </code>
            <span>{problem.message}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
