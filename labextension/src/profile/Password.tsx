import { type FormEvent, useCallback, useState } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Outcome, readable, Section } from './parts';

/** Changes the password, or has a first one chosen by mail. */
export function Password({ me }: { me: User }) {
  return me.has_password ? <ChangePassword /> : <FirstPassword me={me} />;
}

function FirstPassword({ me }: { me: User }) {
  const { model, trans } = useNexus();
  const [done, setDone] = useState<string | null>(null);
  const ask = useAction(
    useCallback(async () => {
      await model.api.post(routes.passwordReset, { email: me.email });
      setDone(trans.__('Sent. The link works for one hour.'));
    }, [me.email, model, trans])
  );
  return (
    <Section title={trans.__('Password')}>
      <p className="nx-muted">{trans.__('You log in elsewhere, and have no password here.')}</p>
      <p className="nx-settings-foot">
        <button type="button" className="nx-button" disabled={ask.busy} onClick={() => void ask.run()}>
          {trans.__('Mail me a link to choose one')}
        </button>
        <Outcome action={ask} done={done} />
      </p>
    </Section>
  );
}

function ChangePassword() {
  const { model, trans } = useNexus();
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [done, setDone] = useState<string | null>(null);
  const change = useAction(
    useCallback(async () => {
      setDone(null);
      const body = { current_password: current, new_password: wanted };
      await readable(model.api.post(routes.password, body));
      setCurrent('');
      setWanted('');
      setDone(trans.__('Your password is changed. Other devices must log in again.'));
    }, [current, model, trans, wanted])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void change.run();
  };
  return (
    <Section title={trans.__('Password')}>
      <form onSubmit={submit} className="nx-settings-form">
        <label>
          {trans.__('Present password')}
          <input
            className="nx-text"
            type="password"
            required
            autoComplete="current-password"
            value={current}
            onChange={event => setCurrent(event.target.value)}
          />
        </label>
        <label>
          {trans.__('New password')}
          <input
            className="nx-text"
            type="password"
            required
            autoComplete="new-password"
            value={wanted}
            onChange={event => setWanted(event.target.value)}
          />
        </label>
        <p className="nx-settings-foot">
          <button type="submit" className="nx-button" disabled={change.busy || !current || !wanted}>
            {trans.__('Change my password')}
          </button>
          <Outcome action={change} done={done} />
        </p>
      </form>
    </Section>
  );
}
