import { useCallback, useState } from 'react';
import type { ReportedPost } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { useAction } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { ago } from '../format';
import { Resource } from '../model/resource';

/** Reported posts, for staff: what was said about each, and what becomes of it. */
export function Reports({ onOpen }: { onOpen: (threadId: string) => void }) {
  const { model, trans } = useNexus();
  const [resource] = useState(() => new Resource(() => model.api.get(routes.reports, { limit: 100 })));
  const reload = useCallback(() => resource.reload(), [resource]);
  const empty = trans.__('No post waits for you.');
  return (
    <Loaded resource={resource} lines={5} empty={{ when: page => page.items.length === 0, text: empty }}>
      {page => (
        <ul className="nx-posts">
          {page.items.map(post => (
            <Reported key={post.post_id} post={post} reload={reload} onOpen={() => onOpen(post.thread_id)} />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

interface Props {
  post: ReportedPost;
  reload: () => Promise<void>;
  onOpen: () => void;
}

function Reported({ post, reload, onOpen }: Props) {
  const { model, trans } = useNexus();
  const settle = useAction(
    useCallback(
      async (hidden: boolean) => {
        await model.api.post(routes.moderation(post.post_id), { hidden });
        await reload();
      },
      [model, post.post_id, reload]
    )
  );
  return (
    <li className="nx-reported">
      <p className="nx-muted">
        <button type="button" className="nx-link" onClick={onOpen}>
          {post.thread_title}
        </button>{' '}
        · {post.author.display_name}
        {post.hidden && <span className="nx-tag nx-type"> {trans.__('Hidden')}</span>}
      </p>
      <Html html={post.body_html} />
      <ul className="nx-reasons" aria-label={trans.__('Reports')}>
        {post.reports.map(report => (
          <li key={`${report.reporter.id}/${report.created_at}`}>
            {report.is_appeal && <span className="nx-tag nx-type">{trans.__('Appeal')}</span>} {report.reason}{' '}
            <span className="nx-muted">
              {report.reporter.display_name} · {ago(report.created_at, new Date())}
            </span>
          </li>
        ))}
      </ul>
      <p className="nx-post-actions">
        <button
          type="button"
          className="nx-button"
          disabled={settle.busy}
          onClick={() => void settle.run(false)}
        >
          {post.hidden ? trans.__('Show it again') : trans.__('Keep it')}
        </button>
        <button
          type="button"
          className="nx-button"
          disabled={settle.busy}
          onClick={() => void settle.run(true)}
        >
          {post.hidden ? trans.__('Leave it hidden') : trans.__('Hide it')}
        </button>
        {settle.problem && <span className="nx-inline-problem">{settle.problem}</span>}
      </p>
    </li>
  );
}
