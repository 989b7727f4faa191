import { useCallback } from 'react';
import { Field } from './Field';
import { FormBody } from './FormBody';
import { useSite } from './site';
import { useForm } from './useForm';

export function LoginPage() {
  const { api, baseUrl, next } = useSite();
  const send = useCallback(
    async ({ email, password }: Record<string, string>) => {
      await api.post('/auth/login', { email, password });
      window.location.assign(next);
    },
    [api, next]
  );
  const form = useForm(send);
  const register = `${baseUrl}nexus/register${window.location.search}`;
  return (
    <FormBody
      form={form}
      title="Welcome back"
      intro="Log in to go on where you left off."
      submit="Log in"
      foot={
        <p>
          New here? <a href={register}>Create an account</a>
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
      <Field
        name="password"
        label="Password"
        type="password"
        autoComplete="current-password"
        problem={form.fieldProblems.password}
      />
      <p className="nx-aside">
        <a href={`${baseUrl}nexus/reset-password`}>Forgot your password?</a>
      </p>
    </FormBody>
  );
}
