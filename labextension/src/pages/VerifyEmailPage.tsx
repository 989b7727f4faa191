import { useEffect, useState } from 'react';
import { messageOf } from '../api/errors';
import { routes } from '../api/routes';
import { Notice } from './Notice';
import { useSite } from './site';

type State = { status: 'working' } | { status: 'done' } | { status: 'failed'; message: string };

export function VerifyEmailPage() {
  const { api, token, trans } = useSite();
  const [state, setState] = useState<State>({ status: 'working' });
  useEffect(() => {
    if (!token) {
      setState({
        status: 'failed',
        message: trans.__('The link is not complete. Open it from the e-mail again.')
      });
      return;
    }
    api.post(routes.verifyEmail, { token }).then(
      () => setState({ status: 'done' }),
      error => setState({ status: 'failed', message: messageOf(error) })
    );
  }, [api, token, trans]);
  if (state.status === 'working') {
    return <p role="status">{trans.__('Checking your link…')}</p>;
  }
  return state.status === 'done' ? (
    <Notice title={trans.__('Your e-mail address is confirmed')}>
      {trans.__('Thank you. You can go on learning.')}
    </Notice>
  ) : (
    <Notice title={trans.__('This link did not work')}>{state.message}</Notice>
  );
}
