import { useCallback } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { initials } from '../format';
import type { Place } from '../host';
import { useNexus } from './context';
import { useAction } from './hooks';
import { Popover } from './Popover';

type SinglePage = Exclude<Place, { slug: unknown } | { id: unknown } | { path: unknown }>['page'];

/** Who I am, and the way out. */
export function ProfileMenu({ me }: { me: User }) {
  const { trans } = useNexus();
  return (
    <Popover
      label={trans.__('Profile of %1', me.display_name)}
      buttonClass="nx-icon-button"
      button={
        // drawn by the style: as a text it would be another name than the button's
        <span className="nx-avatar" data-initials={initials(me.display_name)} />
      }
    >
      {close => <Menu me={me} close={close} />}
    </Popover>
  );
}

function Menu({ me, close }: { me: User; close: () => void }) {
  const { host, model, trans } = useNexus();
  const go = (page: SinglePage) => {
    close();
    void host.open({ page });
  };
  const join = useAction(
    useCallback(async () => {
      const value = await host.ask({
        title: trans.__('Join a class'),
        text: trans.__('The code that your instructor told you'),
        yes: trans.__('Join')
      });
      if (value?.trim()) {
        const { name } = await model.api.post(routes.joinCohort, { code: value.trim() });
        host.tell({ kind: 'success', text: trans.__('You are in the class “%1”.', name), lastsMs: 5000 });
        close();
      }
    }, [close, host, model, trans])
  );
  const changeTheme = () => {
    close();
    void host.theme.choose(!host.theme.isDark());
  };
  const leave = () => {
    close();
    void host.signOut();
  };
  return (
    <div className="nx-menu">
      <p className="nx-menu-head">
        <strong>{me.display_name}</strong>
        <span className="nx-muted">{me.email}</span>
      </p>
      <button type="button" onClick={() => go('profile')}>
        {trans.__('My profile')}
      </button>
      <button type="button" onClick={() => go('progress')}>
        {trans.__('My progress')}
      </button>
      <button type="button" onClick={() => go('home')}>
        {trans.__('Home')}
      </button>
      {me.shows_boards && (
        <button type="button" onClick={() => go('leaderboard')}>
          {trans.__('Leaderboard')}
        </button>
      )}
      <button type="button" onClick={() => go('badges')}>
        {trans.__('Badges')}
      </button>
      <button type="button" onClick={() => go('forum')}>
        {trans.__('Forum')}
      </button>
      <button type="button" onClick={() => go('playground')}>
        {trans.__('Playground')}
      </button>
      <button type="button" onClick={() => void join.run()}>
        {trans.__('Join a class…')}
      </button>
      {join.problem && <p className="nx-inline-problem">{join.problem}</p>}
      {me.role !== 'student' && (
        <button type="button" onClick={() => go('teaching')}>
          {trans.__('Teaching')}
        </button>
      )}
      {me.role === 'admin' && (
        <button type="button" onClick={() => go('administration')}>
          {trans.__('Administration')}
        </button>
      )}
      <a href={host.other.address}>{host.other.name}</a>
      <button type="button" onClick={changeTheme}>
        {host.theme.isDark() ? trans.__('Light theme') : trans.__('Dark theme')}
      </button>
      <hr />
      <button type="button" onClick={leave}>
        {trans.__('Log out')}
      </button>
    </div>
  );
}
