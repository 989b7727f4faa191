import { useCallback } from 'react';
import { pageUrl, routes } from '../api/routes';
import { Field } from './Field';
import { FormBody } from './FormBody';
import { useSite } from './site';
import { useForm } from './useForm';

export function RegisterPage() {
  const { api, baseUrl, next, trans } = useSite();
  const send = useCallback(
    async ({ email, password, display_name }: Record<string, string>) => {
      const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      await api.post(routes.register, { email, password, display_name, timezone });
      await api.post(routes.login, { email, password });
      window.location.assign(next);
    },
    [api, next]
  );
  const form = useForm(send);
  const login = pageUrl(baseUrl, 'login', window.location.search);
  return (
    <FormBody
      form={form}
      title={trans.__('Create your account')}
      intro={trans.__('It takes a minute. Your first lab is three clicks away.')}
      submit={trans.__('Create account')}
      foot={
        <p>
          {trans.__('Have an account?')} <a href={login}>{trans.__('Log in')}</a>
        </p>
      }
    >
      <Field
        name="display_name"
        label={trans.__('Name')}
        autoComplete="nickname"
        hint={trans.__('Shown to others on the leaderboard and in the forum.')}
        autoFocus
        problem={form.fieldProblems.display_name}
      />
      <Field
        name="email"
        label={trans.__('E-mail')}
        type="email"
        autoComplete="username"
        problem={form.fieldProblems.email}
      />
      <Field
        name="password"
        label={trans.__('Password')}
        type="password"
        autoComplete="new-password"
        hint={trans.__('A few words that belong to you only make a good one.')}
        problem={form.fieldProblems.password}
      />
    </FormBody>
  );
}
