import type { Notice } from '../api/contract';
import { ago } from '../format';
import { bellIcon } from '../icons';
import { type NoticeTarget, noticeText, targetOf } from '../model/notices';
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
      {close => (
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
                  <NoticeRow key={notice.id} notice={notice} close={close} />
                ))}
              </ul>
            )}
          </Loaded>
        </>
      )}
    </Popover>
  );
}

function NoticeRow({ notice, close }: { notice: Notice; close: () => void }) {
  const { trans } = useNexus();
  const lead = useLead();
  const target = targetOf(notice);
  const text = noticeText(notice, trans);
  const go = (to: NoticeTarget) => {
    close();
    lead(to);
  };
  return (
    <li data-unread={notice.read_at === null}>
      {target ? (
        <button type="button" className="nx-link" onClick={() => go(target)}>
          {text}
        </button>
      ) : (
        <span>{text}</span>
      )}
      <span className="nx-muted">{ago(notice.created_at, new Date())}</span>
    </li>
  );
}

/** Opens what a notification tells of. */
function useLead(): (target: NoticeTarget) => void {
  const { host, model } = useNexus();
  return target => {
    switch (target.kind) {
      case 'node':
        void host.open({ page: 'node', id: target.id });
        break;
      case 'thread':
        model.shownThread.set({ id: target.id });
        void host.open({ page: 'forum' });
        break;
      case 'badges':
        void host.open({ page: 'badges' });
        break;
      case 'teaching':
        void host.open({ page: 'teaching' });
        break;
    }
  };
}
