import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from './context';
import { useAction } from './hooks';
import { InlineProblem } from './InlineProblem';

/** Over the page: that the server is out of reach, or that the login has ended and how to go on. */
export function SessionOverlay({ loginPage }: { loginPage: string }) {
  const { connection } = useNexus().model;
  const { online, signedIn } = useSyncExternalStore(connection.subscribe, connection.snapshot);
  if (!signedIn) {
    return <LoginDialog loginPage={loginPage} />;
  }
  return online ? null : <OfflineBar />;
}

function OfflineBar() {
  const { model, trans } = useNexus();
  return (
    <div className="nx-offline" role="status">
      <span>
        {navigator.onLine
          ? trans.__('The server does not answer. We keep trying, and keep what you type.')
          : trans.__('You are offline. We keep what you type, and hand it in as soon as we can.')}
      </span>
      <button type="button" className="nx-button" onClick={() => void model.connection.ask()}>
        {trans.__('Try now')}
      </button>
    </div>
  );
}

/** Log in again without leaving the page: what was typed stays where it is. */
function LoginDialog({ loginPage }: { loginPage: string }) {
  const { model, trans } = useNexus();
  const ref = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState('');
  const me = model.me.data;
  const [email, setEmail] = useState(me?.email ?? '');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    ref.current?.showModal();
    field.current?.focus();
  }, []);
  useOtherLogin();
  const login = useAction(async () => {
    const { user } = await model.api.post(routes.login, { email, password });
    goOnAs(user, me?.id ?? user.id, () => model.connection.renewed());
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    void login.run();
  };
  return (
    <dialog
      ref={ref}
      className="nx-root nx-login-dialog"
      aria-labelledby="nx-login-title"
      onCancel={event => event.preventDefault()}
      onKeyDown={event => event.stopPropagation()}
    >
      <form onSubmit={send}>
        <h2 id="nx-login-title">{trans.__('You are logged out')}</h2>
        <p>
          {trans.__('Log in here to go on. What you typed is still in this page, and kept in this browser.')}
        </p>
        <label>
          {trans.__('E-mail')}
          <input
            className="nx-text"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={event => setEmail(event.target.value)}
          />
        </label>
        <label>
          {trans.__('Password')}
          <input
            className="nx-text"
            type="password"
            autoComplete="current-password"
            required
            ref={field}
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </label>
        <InlineProblem as="p" text={login.problem} />
        <button type="submit" className="nx-button" data-primary="true" disabled={login.busy}>
          {trans.__('Log in')}
        </button>
        <a className="nx-link" href={loginPage} target="_blank" rel="noreferrer">
          {trans.__('Log in another way, in a new tab')}
        </a>
      </form>
    </dialog>
  );
}

/** Somebody who logged in in another tab is logged in here, too. */
function useOtherLogin(): void {
  const { model } = useNexus();
  useEffect(() => {
    const look = () => {
      if (!document.hidden) {
        model.api.whoAmI().then(
          user => user && goOnAs(user, model.me.data?.id ?? user.id, () => model.connection.renewed()),
          () => undefined
        );
      }
    };
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [model]);
}

/** The same learner goes on; for another one, this page begins anew. */
function goOnAs(user: User, before: string, goOn: () => void): void {
  if (user.id === before) {
    goOn();
  } else {
    window.location.reload();
  }
}
