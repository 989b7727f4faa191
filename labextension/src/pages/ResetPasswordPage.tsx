import { useCallback, useState } from 'react';
import { pageUrl, routes } from '../api/routes';
import { Field } from './Field';
import { FormBody } from './FormBody';
import { Notice } from './Notice';
import { useSite } from './site';
import { useForm } from './useForm';

/** Ask for a link, or, arriving by that link, choose the new password. */
export function ResetPasswordPage() {
  return useSite().token ? <NewPassword /> : <AskForLink />;
}

function AskForLink() {
  const { api, baseUrl, sendsMail, trans } = useSite();
  const [sent, setSent] = useState(false);
  const send = useCallback(
    async ({ email }: Record<string, string>) => {
      await api.post(routes.passwordReset, { email });
      setSent(true);
    },
    [api]
  );
  const form = useForm(send);
  if (sent && !sendsMail) {
    return (
      <Notice title={trans.__('Ask an administrator')}>
        {trans.__(
          'This server sends no mail. If there is an account with this address, an administrator finds the link in the server’s outbox and can give it to you.'
        )}
      </Notice>
    );
  }
  if (sent) {
    return (
      <Notice title={trans.__('Look in your mailbox')}>
        {trans.__(
          'If there is an account with this address, a link to choose a new password is on its way to you.'
        )}
      </Notice>
    );
  }
  return (
    <FormBody
      form={form}
      title={trans.__('Reset your password')}
      intro={trans.__('We send you a link to choose a new one.')}
      submit={trans.__('Send the link')}
      foot={
        <p>
          {trans.__('Remembered it?')} <a href={pageUrl(baseUrl, 'login')}>{trans.__('Log in')}</a>
        </p>
      }
    >
      <Field
        name="email"
        label={trans.__('E-mail')}
        type="email"
        autoComplete="username"
        autoFocus
        problem={form.fieldProblems.email}
      />
    </FormBody>
  );
}

function NewPassword() {
  const { api, token, trans } = useSite();
  const [done, setDone] = useState(false);
  const send = useCallback(
    async ({ password }: Record<string, string>) => {
      await api.post(routes.passwordResetConfirm, { token, password });
      setDone(true);
    },
    [api, token]
  );
  const form = useForm(send);
  if (done) {
    return (
      <Notice title={trans.__('Your password is changed')}>{trans.__('Log in with the new one.')}</Notice>
    );
  }
  return (
    <FormBody form={form} title={trans.__('Choose a new password')} submit={trans.__('Save the password')}>
      <Field
        name="password"
        label={trans.__('New password')}
        type="password"
        autoComplete="new-password"
        autoFocus
        problem={form.fieldProblems.password}
      />
    </FormBody>
  );
}
