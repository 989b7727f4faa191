import { useCallback } from 'react';
import type { Identities as Found, Identity, Provider } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched, useResource } from '../components/hooks';
import { Problem } from '../components/Loaded';
import { day } from '../format';
import type { Resource } from '../model/resource';
import { Outcome, Section } from './parts';

/** What I log in with besides a password, and what I could link; nothing on a site without providers. */
export function Identities() {
  const { model, trans } = useNexus();
  const identities = useFetched('identities', () => model.api.get(routes.identities));
  const state = useResource(identities);
  if (state.data === undefined) {
    return state.status === 'failed' ? (
      <Problem error={state.error} retry={() => void identities.reload()} />
    ) : null;
  }
  const { items, providers } = state.data;
  if (!items.length && !providers.length) {
    return null;
  }
  const linked = new Set(items.map(({ provider }) => provider));
  return (
    <Section title={trans.__('Other ways to log in')}>
      <ul className="nx-sessions">
        {items.map(identity => (
          <Linked key={identity.id} identity={identity} identities={identities} />
        ))}
        {providers
          .filter(({ name }) => !linked.has(name))
          .map(provider => (
            <Linkable key={provider.name} provider={provider} />
          ))}
      </ul>
    </Section>
  );
}

function Linked({ identity, identities }: { identity: Identity; identities: Resource<Found> }) {
  const { model, trans } = useNexus();
  const unlink = useAction(
    useCallback(async () => {
      await model.api.delete(routes.identity(identity.id));
      await identities.reload();
    }, [identities, identity.id, model])
  );
  return (
    <li>
      <span className="nx-session-name">
        <strong>{identity.label}</strong>
        <span className="nx-muted">{trans.__('linked on %1', day(identity.created_at))}</span>
      </span>
      <Outcome action={unlink} />
      <button
        type="button"
        className="nx-button"
        disabled={unlink.busy}
        aria-label={trans.__('Unlink %1', identity.label)}
        onClick={() => void unlink.run()}
      >
        {trans.__('Unlink')}
      </button>
    </li>
  );
}

function Linkable({ provider }: { provider: Provider }) {
  const { model, trans } = useNexus();
  const link = useAction(
    useCallback(async () => {
      const body = { provider: provider.name, next: window.location.pathname };
      window.location.assign((await model.api.post(routes.identities, body)).url);
    }, [model, provider.name])
  );
  return (
    <li>
      <span className="nx-session-name">
        <strong>{provider.label}</strong>
        <span className="nx-muted">{trans.__('not linked')}</span>
      </span>
      <Outcome action={link} />
      <button
        type="button"
        className="nx-button"
        disabled={link.busy}
        aria-label={trans.__('Link %1', provider.label)}
        onClick={() => void link.run()}
      >
        {trans.__('Link')}
      </button>
    </li>
  );
}
