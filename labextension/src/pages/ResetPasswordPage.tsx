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
  const { api, baseUrl, sendsMail } = useSite();
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
      <Notice title="Ask an administrator">
        This server sends no mail. If there is an account with this address, an administrator finds the link
        in the server’s outbox and can give it to you.
      </Notice>
    );
  }
  if (sent) {
    return (
      <Notice title="Look in your mailbox">
        If there is an account with this address, a link to choose a new password is on its way to you.
      </Notice>
    );
  }
  return (
    <FormBody
      form={form}
      title="Reset your password"
      intro="We send you a link to choose a new one."
      submit="Send the link"
      foot={
        <p>
          Remembered it? <a href={pageUrl(baseUrl, 'login')}>Log in</a>
        </p>
      }
    >
      <Field
        name="email"
        label="E-mail"
        type="email"
        autoComplete="username"
        autoFocus
        problem={form.fieldProblems.email}
      />
    </FormBody>
  );
}

function NewPassword() {
  const { api, token } = useSite();
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
    return <Notice title="Your password is changed">Log in with the new one.</Notice>;
  }
  return (
    <FormBody form={form} title="Choose a new password" submit="Save the password">
      <Field
        name="password"
        label="New password"
        type="password"
        autoComplete="new-password"
        autoFocus
        problem={form.fieldProblems.password}
      />
    </FormBody>
  );
}
