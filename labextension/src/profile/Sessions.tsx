import { useCallback } from 'react';
import type { OwnSession } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { ago, moment } from '../format';
import { Outcome, Section, toLogin } from './parts';
import { deviceOf } from './user-agent';

/** Where I am logged in; each session can be ended from here, or all at once. */
export function Sessions() {
  const { model, trans } = useNexus();
  const sessions = useFetched('sessions', () => model.api.get(routes.sessions));
  return (
    <Section title={trans.__('Where I am logged in')}>
      <Loaded resource={sessions} lines={2}>
        {({ items }) => (
          <ul className="nx-sessions">
            {items.map(session => (
              <Session key={session.id} session={session} onEnded={() => sessions.reload()} />
            ))}
          </ul>
        )}
      </Loaded>
      <p className="nx-muted">
        {trans.__('Used a computer that is not yours, or lost one? End its session, or all of them at once.')}
      </p>
      <Everywhere />
    </Section>
  );
}

function Session({ session, onEnded }: { session: OwnSession; onEnded: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const end = useAction(
    useCallback(async () => {
      await model.api.delete(routes.session(session.id));
      await onEnded();
    }, [model, onEnded, session.id])
  );
  const { browser, system } = deviceOf(session.user_agent);
  const device = browser && system ? trans.__('%1 on %2', browser, system) : browser || system;
  const name = device || trans.__('A program');
  return (
    <li>
      <span className="nx-session-name">
        <strong title={session.user_agent}>{name}</strong>
        <span className="nx-muted">
          {trans.__('since %1', moment(session.created_at))}
          {!session.current && ` · ${trans.__('last used %1', ago(session.last_used_at, new Date()))}`}
        </span>
      </span>
      <Outcome action={end} />
      {session.current ? (
        <span className="nx-session-here">{trans.__('This one')}</span>
      ) : (
        <button
          type="button"
          className="nx-button"
          disabled={end.busy}
          aria-label={trans.__('Log out %1', name)}
          onClick={() => void end.run()}
        >
          {trans.__('Log out')}
        </button>
      )}
    </li>
  );
}

function Everywhere() {
  const { host, model, trans } = useNexus();
  const leave = useAction(
    useCallback(async () => {
      const agrees = await host.confirm({
        title: trans.__('Log out everywhere?'),
        text: trans.__(
          'Every browser and program that is logged in as you is logged out within a second, this one too.'
        ),
        yes: trans.__('Log out everywhere')
      });
      if (agrees) {
        model.stream.close();
        await model.api.post(routes.logoutEverywhere);
        toLogin();
      }
    }, [host, model, trans])
  );
  return (
    <p className="nx-settings-foot">
      <button type="button" className="nx-button" disabled={leave.busy} onClick={() => void leave.run()}>
        {trans.__('Log out everywhere…')}
      </button>
      <Outcome action={leave} />
    </p>
  );
}
