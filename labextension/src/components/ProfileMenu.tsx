import { InputDialog, Notification } from '@jupyterlab/apputils';
import { useCallback } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { initials } from '../format';
import { CommandIds } from '../tokens';
import { useNexus } from './context';
import { useAction } from './hooks';
import { Popover } from './Popover';

/** Who I am, and the way out. */
export function ProfileMenu({ me }: { me: User }) {
  const { trans } = useNexus();
  return (
    <Popover
      label={trans.__('Profile of %1', me.display_name)}
      buttonClass="nx-icon-button"
      button={<span className="nx-avatar">{initials(me.display_name)}</span>}
    >
      {close => <Menu me={me} close={close} />}
    </Popover>
  );
}

function Menu({ me, close }: { me: User; close: () => void }) {
  const { execute, model, trans } = useNexus();
  const go = (command: string) => {
    close();
    void execute(command);
  };
  const join = useAction(
    useCallback(async () => {
      const { value } = await InputDialog.getText({
        title: trans.__('Join a class'),
        label: trans.__('The code that your instructor told you')
      });
      if (value?.trim()) {
        const { name } = await model.api.post(routes.joinCohort, { code: value.trim() });
        Notification.success(trans.__('You are in the class “%1”.', name), { autoClose: 5000 });
        close();
      }
    }, [close, model, trans])
  );
  return (
    <div className="nx-menu">
      <p className="nx-menu-head">
        <strong>{me.display_name}</strong>
        <span className="nx-muted">{me.email}</span>
      </p>
      <button type="button" onClick={() => go(CommandIds.openProfile)}>
        {trans.__('My profile')}
      </button>
      <button type="button" onClick={() => go(CommandIds.openHome)}>
        {trans.__('Home')}
      </button>
      <button type="button" onClick={() => go(CommandIds.openLeaderboard)}>
        {trans.__('Leaderboard')}
      </button>
      <button type="button" onClick={() => go(CommandIds.openBadges)}>
        {trans.__('Badges')}
      </button>
      <button type="button" onClick={() => go(CommandIds.openForum)}>
        {trans.__('Forum')}
      </button>
      <button type="button" onClick={() => go(CommandIds.openPlayground)}>
        {trans.__('Playground')}
      </button>
      <button type="button" onClick={() => void join.run()}>
        {trans.__('Join a class…')}
      </button>
      {join.problem && <p className="nx-inline-problem">{join.problem}</p>}
      {me.role !== 'student' && (
        <button type="button" onClick={() => go(CommandIds.openTeaching)}>
          {trans.__('Teaching')}
        </button>
      )}
      <hr />
      <button type="button" onClick={() => go(CommandIds.signOut)}>
        {trans.__('Log out')}
      </button>
    </div>
  );
}
