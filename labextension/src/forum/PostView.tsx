import { type FormEvent, useCallback, useState } from 'react';
import type { Post, PostVersions, ThreadDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { useAction, useReloading, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { ago } from '../format';
import { Resource } from '../model/resource';

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
          {post.is_spoiler && <span className="nx-tag nx-type"> {trans.__('Spoiler')}</span>}
          {accepted && <span className="nx-tag nx-done"> {trans.__('Accepted answer')}</span>}
        </p>
        {editing ? (
          <Edit post={post} reload={reload} close={() => setEditing(false)} />
        ) : post.state === 'visible' || post.body_html ? (
          <Html html={post.body_html} />
        ) : (
          <Unread post={post} reload={reload} />
        )}
        {post.edited_at && post.may_edit && <Versions post={post} />}
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

/** In place of a text that the reader does not see: why, and what can be done. */
function Unread({ post, reload }: { post: Post; reload: () => Promise<void> }) {
  const { host, model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const act = useReloading(reload);
  const appeal = async () => {
    const reason = await host.ask({
      title: trans.__('Why should it be shown?'),
      yes: trans.__('Ask to look again')
    });
    if (reason) {
      await model.api.post(routes.appeal(post.id), { reason });
    }
  };
  const button = (label: string, work: () => Promise<unknown>) => (
    <button type="button" className="nx-link" disabled={act.busy} onClick={() => void act.run(work)}>
      {label}
    </button>
  );
  const { id } = post.author;
  if (post.state === 'blocked' && id) {
    return (
      <p className="nx-muted">
        {trans.__('You blocked %1.', post.author.display_name)}{' '}
        {button(trans.__('Unblock'), () => model.api.delete(routes.block(id)))}
        <InlineProblem text={act.problem} />
      </p>
    );
  }
  if (post.state === 'spoiler') {
    return (
      <p className="nx-muted">
        {trans.__('This post shows the solution of a lab. You can read it once you have completed the lab.')}
      </p>
    );
  }
  return (
    <p className="nx-muted">
      {trans.__('This post was removed.')}{' '}
      {post.state === 'hidden' && id === me?.id && button(trans.__('Ask moderators to look again'), appeal)}
      <InlineProblem text={act.problem} />
    </p>
  );
}

/** What a post said before, for its author and for moderators. */
function Versions({ post }: { post: Post }) {
  const { model, trans } = useNexus();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary className="nx-muted">{trans.__('What it said before')}</summary>
      {isOpen && (
        <VersionList key={post.edited_at} resource={() => model.api.get(routes.postVersions(post.id))} />
      )}
    </details>
  );
}

function VersionList({ resource: load }: { resource: () => Promise<PostVersions> }) {
  const [resource] = useState(() => new Resource(load));
  return (
    <Loaded resource={resource} lines={2}>
      {({ items }) =>
        items.map(version => (
          <blockquote key={version.replaced_at}>
            <p className="nx-muted">
              {version.edited_by.display_name} · {ago(version.replaced_at, new Date())}
            </p>
            <Html html={version.body_html} />
          </blockquote>
        ))
      }
    </Loaded>
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
  const act = useReloading(reload);
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
  const block = async () => {
    const title = trans.__('Hide everything that %1 writes? They are not told.', post.author.display_name);
    if (post.author.id !== null && (await host.confirm({ title, yes: trans.__('Block') }))) {
      await model.api.put(routes.block(post.author.id));
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
      {post.author.id !== null && post.author.id !== me?.id && !post.author.is_staff && (
        <button type="button" className="nx-link" onClick={() => void act.run(block)}>
          {trans.__('Block %1', post.author.display_name)}
        </button>
      )}
      {act.problem && <span className="nx-inline-problem">{act.problem}</span>}
    </p>
  );
}
