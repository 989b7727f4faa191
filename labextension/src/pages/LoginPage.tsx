import { useCallback, useEffect } from 'react';
import { pageUrl, routes } from '../api/routes';
import { Field } from './Field';
import { FormBody } from './FormBody';
import { SignOnLinks, SignOnProblem } from './SignOn';
import { useSite } from './site';
import { renewOnce } from './urls';
import { useForm } from './useForm';

export function LoginPage() {
  const { api, baseUrl, next, providers, trans } = useSite();
  useEffect(() => {
    // sent here because the access token ended: the login may still be renewed without asking
    if (renewOnce(window.location.search, window.sessionStorage, Date.now())) {
      api.refresh().then(
        renewed => renewed && window.location.replace(next),
        () => undefined
      );
    }
  }, [api, next]);
  const send = useCallback(
    async ({ email, password }: Record<string, string>) => {
      await api.post(routes.login, { email, password });
      window.location.assign(next);
    },
    [api, next]
  );
  const form = useForm(send);
  const register = pageUrl(baseUrl, 'register', window.location.search);
  return (
    <FormBody
      form={form}
      title={trans.__('Welcome back')}
      intro={trans.__('Log in to go on where you left off.')}
      submit={trans.__('Log in')}
      foot={
        <>
          <SignOnLinks baseUrl={baseUrl} next={next} providers={providers} />
          <p>
            {trans.__('New here?')} <a href={register}>{trans.__('Create an account')}</a>
          </p>
        </>
      }
    >
      <SignOnProblem />
      <Field
        name="email"
        label={trans.__('E-mail')}
        type="email"
        autoComplete="username"
        autoFocus
        problem={form.fieldProblems.email}
      />
      <Field
        name="password"
        label={trans.__('Password')}
        type="password"
        autoComplete="current-password"
        problem={form.fieldProblems.password}
      />
      <p className="nx-aside">
        <a href={pageUrl(baseUrl, 'reset-password')}>{trans.__('Forgot your password?')}</a>
      </p>
    </FormBody>
  );
}
