import { type FormEvent, useCallback, useState } from 'react';
import type { ThreadDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useReloading, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Resource } from '../model/resource';
import { PostView } from './PostView';
import { Preview } from './Preview';

/** how often an open question is looked at for new answers, in milliseconds */
const ANSWERS_MS = 15_000;

/** One question with its answers. */
export function ThreadView({ id }: { id: string }) {
  const { model, trans } = useNexus();
  const [resource] = useState(() => new Resource(() => model.api.get(routes.thread(id))));
  const reload = useCallback(() => resource.reload(), [resource]);
  // answers of others come by themselves
  useEvery(ANSWERS_MS, true, () => document.visibilityState === 'visible' && void resource.refresh());
  return (
    <Loaded resource={resource} lines={6}>
      {thread => (
        <>
          <h2>{thread.title}</h2>
          <ThreadActions thread={thread} reload={reload} />
          {thread.node_id && <About nodeId={thread.node_id} />}
          <ol className="nx-posts">
            {thread.posts.map((post, place) => (
              <PostView key={post.id} post={post} thread={thread} isQuestion={place === 0} reload={reload} />
            ))}
          </ol>
          {thread.locked ? (
            <p className="nx-muted">{trans.__('This question is closed.')}</p>
          ) : (
            <Answer thread={thread} reload={reload} />
          )}
        </>
      )}
    </Loaded>
  );
}

/** Following the thread, and what moderators do with it as a whole. */
function ThreadActions({ thread, reload }: { thread: ThreadDetail; reload: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const act = useReloading(reload);
  const button = (label: string, work: () => Promise<unknown>) => (
    <button type="button" className="nx-link" disabled={act.busy} onClick={() => void act.run(work)}>
      {label}
    </button>
  );
  const arrange = (change: { locked?: boolean; pinned?: boolean }) => () =>
    model.api.patch(routes.thread(thread.id), change);
  const follow = routes.follow(thread.id);
  return (
    <p className="nx-post-actions">
      {thread.is_followed
        ? button(trans.__('Stop following'), () => model.api.delete(follow))
        : button(trans.__('Follow'), () => model.api.put(follow))}
      {me && me.role !== 'student' && (
        <>
          {button(
            thread.locked ? trans.__('Open it again') : trans.__('Close'),
            arrange({ locked: !thread.locked })
          )}
          {button(
            thread.pinned ? trans.__('Take it off the top') : trans.__('Pin to the top'),
            arrange({ pinned: !thread.pinned })
          )}
        </>
      )}
      <InlineProblem text={act.problem} />
    </p>
  );
}

/** The step that the question is about. */
function About({ nodeId }: { nodeId: string }) {
  const { host, model, trans } = useNexus();
  const { data: node } = useResource(model.node.get(nodeId));
  return node ? (
    <p className="nx-muted">
      {trans.__('About')}{' '}
      <button type="button" className="nx-link" onClick={() => void host.open({ page: 'node', id: nodeId })}>
        {node.title}
      </button>
    </p>
  ) : null;
}

function Answer({ thread, reload }: { thread: ThreadDetail; reload: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const [text, setText] = useState('');
  const send = useCallback(
    async (body: string) => {
      await model.api.post(routes.posts(thread.id), { body_md: body });
      setText('');
      await reload();
    },
    [model, reload, thread.id]
  );
  const action = useAction(send);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(text);
  };
  return (
    <form className="nx-post-form" onSubmit={submit}>
      <label>
        {trans.__('Your answer')}
        <textarea
          className="nx-text"
          required
          rows={5}
          maxLength={20000}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <Preview text={text} />
      <p>
        <button
          type="submit"
          className="nx-button"
          data-primary="true"
          disabled={action.busy || !text.trim()}
        >
          {trans.__('Answer')}
        </button>
        {action.problem && (
          <span className="nx-inline-problem" role="alert">
            {' '}
            {action.problem}
          </span>
        )}
      </p>
    </form>
  );
}
