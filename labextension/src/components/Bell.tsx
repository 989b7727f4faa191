import type { Notice } from '../api/contract';
import { ago } from '../format';
import { bellIcon } from '../icons';
import { noticeText } from '../model/notices';
import { useNexus } from './context';
import { useResource } from './hooks';
import { Loaded } from './Loaded';
import { Popover } from './Popover';

/** What happened while the learner looked elsewhere. */
export function Bell() {
  const { model, trans } = useNexus();
  const { data: notices } = useResource(model.notices);
  const unread = notices?.filter(notice => notice.read_at === null).length ?? 0;
  const label = unread
    ? trans._n('%1 new notification', '%1 new notifications', unread)
    : trans.__('Notifications');
  return (
    <Popover
      label={label}
      buttonClass="nx-icon-button nx-bell"
      button={
        <>
          <bellIcon.react tag="span" />
          {unread > 0 && <span className="nx-bell-count">{unread > 9 ? '9+' : unread}</span>}
        </>
      }
      onOpen={() => void model.notices.reload()}
    >
      {() => (
        <>
          <p className="nx-section-head">
            <strong>{trans.__('Notifications')}</strong>
            {unread > 0 && (
              <button type="button" className="nx-link" onClick={() => void model.markNoticesRead()}>
                {trans.__('Mark all as read')}
              </button>
            )}
          </p>
          <Loaded
            resource={model.notices}
            empty={{ when: items => items.length === 0, text: trans.__('Nothing here yet.') }}
          >
            {items => (
              <ul className="nx-notices">
                {items.map(notice => (
                  <NoticeRow key={notice.id} notice={notice} />
                ))}
              </ul>
            )}
          </Loaded>
        </>
      )}
    </Popover>
  );
}

function NoticeRow({ notice }: { notice: Notice }) {
  const { trans } = useNexus();
  return (
    <li data-unread={notice.read_at === null}>
      <span>{noticeText(notice, trans)}</span>
      <span className="nx-muted">{ago(notice.created_at, new Date())}</span>
    </li>
  );
}
