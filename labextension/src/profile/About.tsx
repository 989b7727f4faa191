import { type FormEvent, useCallback, useState } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Outcome, readable, Section } from './parts';
import { timezones } from './time-zones';

/** Name, time zone and leaderboard; and whether the address is confirmed. */
export function About({ me }: { me: User }) {
  const { model, trans } = useNexus();
  const [name, setName] = useState(me.display_name);
  const [zone, setZone] = useState(me.timezone);
  const [isShown, setShown] = useState(!me.leaderboard_opt_out);
  const [pseudonym, setPseudonym] = useState(me.leaderboard_name);
  const [application, setApplication] = useState(me.application);
  const [explains, setExplains] = useState(me.hints_by_themselves);
  const [noModel, setNoModel] = useState(me.no_ai);
  const [done, setDone] = useState<string | null>(null);
  const save = useAction(
    useCallback(async () => {
      setDone(null);
      const body = {
        display_name: name.trim(),
        timezone: zone,
        leaderboard_opt_out: !isShown,
        leaderboard_name: pseudonym.trim(),
        application,
        hints_by_themselves: explains,
        no_ai: noModel
      };
      model.me.set(await readable(model.api.patch(routes.me, body)));
      setDone(trans.__('Saved.'));
      await model.reloadBoards();
    }, [application, explains, noModel, isShown, model, name, pseudonym, trans, zone])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run();
  };
  return (
    <Section title={trans.__('About me')}>
      <form onSubmit={submit} className="nx-settings-form">
        <label>
          {trans.__('E-mail')}
          <input className="nx-text" value={me.email} disabled />
        </label>
        {!me.email_verified && <Confirmation />}
        <label>
          {trans.__('Name')}
          <input
            className="nx-text"
            required
            maxLength={80}
            autoComplete="name"
            value={name}
            onChange={event => setName(event.target.value)}
          />
        </label>
        <label>
          {trans.__('Time zone (a day of your streak begins at its midnight)')}
          <select className="nx-text" value={zone} onChange={event => setZone(event.target.value)}>
            {timezones(me.timezone).map(one => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          {trans.__('After logging in, open')}
          <select
            className="nx-text"
            value={application}
            onChange={event => setApplication(event.target.value as User['application'])}
          >
            <option value="learn">{trans.__('the learning pages')}</option>
            <option value="lab">{trans.__('JupyterLab')}</option>
          </select>
        </label>
        <label className="nx-menu-check">
          <input type="checkbox" checked={explains} onChange={event => setExplains(event.target.checked)} />
          {trans.__(
            'Explain errors by themselves: the first hint stands under a cell that failed, and is free'
          )}
        </label>
        <label className="nx-menu-check">
          <input type="checkbox" checked={noModel} onChange={event => setNoModel(event.target.checked)} />
          {trans.__('No AI for me: hints and answers come from rules and notes, and no model sees my work')}
        </label>
        <label className="nx-menu-check">
          <input type="checkbox" checked={isShown} onChange={event => setShown(event.target.checked)} />
          {trans.__('Show me on the leaderboard')}
        </label>
        {isShown && (
          <label>
            {trans.__('Under this name there (leave it empty for your own)')}
            <input
              className="nx-text"
              maxLength={80}
              autoComplete="off"
              value={pseudonym}
              onChange={event => setPseudonym(event.target.value)}
            />
          </label>
        )}
        <p className="nx-settings-foot">
          <button
            type="submit"
            className="nx-button"
            data-primary="true"
            disabled={save.busy || !name.trim()}
          >
            {trans.__('Save')}
          </button>
          <Outcome action={save} done={done} />
        </p>
      </form>
    </Section>
  );
}

function Confirmation() {
  const { model, trans } = useNexus();
  const [done, setDone] = useState<string | null>(null);
  const send = useAction(
    useCallback(async () => {
      await model.api.post(routes.verifyEmail);
      setDone(trans.__('Sent. Look into your mailbox.'));
    }, [model, trans])
  );
  return (
    <p className="nx-settings-foot">
      <span className="nx-muted">
        {trans.__('Not confirmed yet: without it, some sign-ons stay closed.')}
      </span>
      <button type="button" className="nx-button" disabled={send.busy} onClick={() => void send.run()}>
        {trans.__('Send me the mail again')}
      </button>
      <Outcome action={send} done={done} />
    </p>
  );
}
