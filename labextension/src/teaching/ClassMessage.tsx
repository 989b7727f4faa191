import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { CheckField, TextField } from './fields';

const EMPTY = { subject: '', text: '', byMail: false };

/** Tells a class something: under each bell, and by mail. */
export function ClassMessage({ cohort }: { cohort: Cohort }) {
  const { model, trans } = useNexus();
  const [form, setForm] = useState(EMPTY);
  const [sent, setSent] = useState('');
  const send = useAction(
    useCallback(async () => {
      const { students, mails } = await model.api.post(routes.classMessages(cohort.id), {
        subject: form.subject.trim(),
        text: form.text.trim(),
        by_mail: form.byMail
      });
      setForm(EMPTY);
      setSent(trans.__('Sent to %1 students, to %2 of them by mail.', students, mails));
    }, [cohort.id, form, model, trans])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSent('');
    void send.run();
  };
  const isReady = form.subject.trim() !== '' && form.text.trim() !== '';
  return (
    <form onSubmit={submit} className="nx-settings-form">
      <h3>{trans.__('Tell the class')}</h3>
      <TextField
        label={trans.__('Subject')}
        maxLength={150}
        value={form.subject}
        onChange={subject => setForm(now => ({ ...now, subject }))}
      />
      <label>
        {trans.__('Message')}
        <textarea
          className="nx-text"
          rows={3}
          maxLength={5000}
          value={form.text}
          onChange={event => setForm(now => ({ ...now, text: event.target.value }))}
        />
      </label>
      <CheckField
        label={trans.__('By mail, too, to those whose address is proved')}
        isChecked={form.byMail}
        onChange={byMail => setForm(now => ({ ...now, byMail }))}
      />
      <p className="nx-settings-foot">
        <button type="submit" className="nx-button" disabled={send.busy || !isReady}>
          {trans.__('Send')}
        </button>
        {sent && <span role="status">{sent}</span>}
        <InlineProblem text={send.problem} />
      </p>
    </form>
  );
}
