import { useEffect, useState } from 'react';
import { messageOf } from '../api/errors';
import { routes } from '../api/routes';
import { Notice } from './Notice';
import { useSite } from './site';

type State = { status: 'working' } | { status: 'done' } | { status: 'failed'; message: string };

export function VerifyEmailPage() {
  const { api, token } = useSite();
  const [state, setState] = useState<State>({ status: 'working' });
  useEffect(() => {
    if (!token) {
      setState({ status: 'failed', message: 'The link is not complete. Open it from the e-mail again.' });
      return;
    }
    api.post(routes.verifyEmail, { token }).then(
      () => setState({ status: 'done' }),
      error => setState({ status: 'failed', message: messageOf(error) })
    );
  }, [api, token]);
  if (state.status === 'working') {
    return <p role="status">Checking your link…</p>;
  }
  return state.status === 'done' ? (
    <Notice title="Your e-mail address is confirmed">Thank you. You can go on learning.</Notice>
  ) : (
    <Notice title="This link did not work">{state.message}</Notice>
  );
}
