import { useCallback } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Outcome, Section, toLogin } from './parts';

/** Takes everything along, or leaves for good. */
export function MyData({ me }: { me: User }) {
  const { host, model, trans } = useNexus();
  const remove = useAction(
    useCallback(async () => {
      const value = await host.ask({
        title: trans.__('Delete my account'),
        text: trans.__(
          'This deletes your progress, your files and your submissions for good. Type your e-mail address to confirm.'
        ),
        yes: trans.__('Delete for good')
      });
      if (value === null) {
        return;
      }
      if (value.trim().toLowerCase() !== me.email.toLowerCase()) {
        host.tell({
          kind: 'info',
          text: trans.__('Nothing was deleted: that was not your e-mail address.'),
          lastsMs: 8000
        });
        return;
      }
      await model.api.delete(routes.me);
      model.stream.close();
      toLogin();
    }, [host, me.email, model, trans])
  );
  return (
    <Section title={trans.__('My data')}>
      <p className="nx-muted">
        {trans.__('Everything that is stored about you, as a file; or leave and take it all with you.')}
      </p>
      <p className="nx-settings-foot">
        <a className="nx-link" href={model.api.url(routes.export)} download>
          {trans.__('Download my data')}
        </a>
        <button
          type="button"
          className="nx-button nx-danger"
          disabled={remove.busy}
          onClick={() => void remove.run()}
        >
          {trans.__('Delete my account…')}
        </button>
        <Outcome action={remove} />
      </p>
    </Section>
  );
}
