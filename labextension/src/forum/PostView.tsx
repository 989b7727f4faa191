import { type FormEvent, useCallback, useState } from 'react';
import type { Post, ThreadDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { useAction, useResource } from '../components/hooks';
import { ago } from '../format';

interface Props {
  post: Post;
  thread: ThreadDetail;
  isQuestion: boolean;
  reload: () => Promise<void>;
}

/** One post: votes, text, and what may be done with it. */
export function PostView({ post, thread, isQuestion, reload }: Props) {
  const { trans } = useNexus();
  const [editing, setEditing] = useState(false);
  const accepted = thread.accepted_post_id === post.id;
  return (
    <li className="nx-post" data-accepted={accepted}>
      <Votes post={post} reload={reload} />
      <div className="nx-post-main">
        <p className="nx-muted">
          <strong>{post.author.display_name}</strong>
          {post.author.is_staff && <span className="nx-tag nx-type"> {trans.__('Teacher')}</span>} ·{' '}
          {ago(post.created_at, new Date())}
          {post.edited_at && ` · ${trans.__('edited')}`}
          {post.state === 'hidden' && <span className="nx-tag nx-type"> {trans.__('Hidden')}</span>}
          {accepted && <span className="nx-tag nx-done"> {trans.__('Accepted answer')}</span>}
        </p>
        {editing ? (
          <Edit post={post} reload={reload} close={() => setEditing(false)} />
        ) : post.state === 'visible' || post.body_html ? (
          <Html html={post.body_html} />
        ) : (
          <p className="nx-muted">{trans.__('This post was removed.')}</p>
        )}
        <Actions
          post={post}
          thread={thread}
          isQuestion={isQuestion}
          reload={reload}
          edit={() => setEditing(true)}
        />
      </div>
    </li>
  );
}

function Votes({ post, reload }: { post: Post; reload: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const mine = post.author.id === me?.id;
  const vote = useAction(
    useCallback(
      async (value: 1 | -1) => {
        await model.api.post(routes.vote(post.id), { value: post.my_vote === value ? 0 : value });
        await reload();
      },
      [model, post.id, post.my_vote, reload]
    )
  );
  const button = (value: 1 | -1, label: string, sign: string) => (
    <button
      type="button"
      className="nx-icon-button"
      aria-label={label}
      aria-pressed={post.my_vote === value}
      disabled={mine || vote.busy || post.state !== 'visible'}
      onClick={() => void vote.run(value)}
    >
      {sign}
    </button>
  );
  return (
    <div className="nx-votes" title={vote.problem ?? undefined}>
      {button(1, trans.__('Helpful'), '▲')}
      <strong>{post.score}</strong>
      {button(-1, trans.__('Not helpful'), '▼')}
    </div>
  );
}

function Edit({ post, reload, close }: { post: Post; reload: () => Promise<void>; close: () => void }) {
  const { model, trans } = useNexus();
  const [text, setText] = useState(post.body_md ?? '');
  const action = useAction(
    useCallback(
      async (body: string) => {
        await model.api.patch(routes.post(post.id), { body_md: body });
        await reload();
        close();
      },
      [close, model, post.id, reload]
    )
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(text);
  };
  return (
    <form className="nx-post-form" onSubmit={submit}>
      <textarea
        className="nx-text"
        aria-label={trans.__('Text of the post')}
        required
        rows={6}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <p>
        <button type="submit" className="nx-button" data-primary="true" disabled={action.busy}>
          {trans.__('Save')}
        </button>{' '}
        <button type="button" className="nx-button" onClick={close}>
          {trans.__('Cancel')}
        </button>
        {action.problem && <span className="nx-inline-problem"> {action.problem}</span>}
      </p>
    </form>
  );
}

function Actions({ post, thread, isQuestion, reload, edit }: Props & { edit: () => void }) {
  const { host, model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const act = useAction(
    useCallback(
      async (work: () => Promise<unknown>) => {
        await work();
        await reload();
      },
      [reload]
    )
  );
  const isStaff = me !== undefined && me.role !== 'student';
  const settle = (hidden: boolean) => () => model.api.post(routes.moderation(post.id), { hidden });
  if (post.state === 'hidden' && isStaff) {
    return (
      <p className="nx-post-actions">
        <button type="button" className="nx-link" onClick={() => void act.run(settle(false))}>
          {trans.__('Show again')}
        </button>
        {act.problem && <span className="nx-inline-problem">{act.problem}</span>}
      </p>
    );
  }
  if (post.state !== 'visible') {
    return null;
  }
  const isMine = !isQuestion && thread.author.id === me?.id;
  const mayAccept = isMine && thread.accepted_post_id !== post.id;
  const mayWithdraw = isMine && thread.accepted_post_id === post.id;
  const remove = async () => {
    if (await host.confirm({ title: trans.__('Delete this post?'), yes: trans.__('Delete') })) {
      await model.api.delete(routes.post(post.id));
    }
  };
  const report = async () => {
    const value = await host.ask({
      title: trans.__('What is wrong with this post?'),
      yes: trans.__('Report')
    });
    if (value) {
      await model.api.post(routes.report(post.id), { reason: value });
    }
  };
  return (
    <p className="nx-post-actions">
      {mayAccept && (
        <button
          type="button"
          className="nx-link"
          onClick={() => void act.run(() => model.api.post(routes.accept(post.id)))}
        >
          {trans.__('Accept this answer')}
        </button>
      )}
      {mayWithdraw && (
        <button
          type="button"
          className="nx-link"
          onClick={() => void act.run(() => model.api.delete(routes.accept(post.id)))}
        >
          {trans.__('Do not accept it any more')}
        </button>
      )}
      {post.may_edit && (
        <>
          <button type="button" className="nx-link" onClick={edit}>
            {trans.__('Edit')}
          </button>
          <button type="button" className="nx-link" onClick={() => void act.run(remove)}>
            {trans.__('Delete')}
          </button>
        </>
      )}
      {isStaff && (
        <button type="button" className="nx-link" onClick={() => void act.run(settle(true))}>
          {trans.__('Hide')}
        </button>
      )}
      {post.author.id !== me?.id && (
        <button type="button" className="nx-link" onClick={() => void act.run(report)}>
          {trans.__('Report')}
        </button>
      )}
      {act.problem && <span className="nx-inline-problem">{act.problem}</span>}
    </p>
  );
}
