import { useCallback } from 'react';
import type { SiteServer } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Problem } from '../components/Loaded';
import { Moment, Table } from './Table';

/** The servers of a site that has several; nothing where it has one. */
export function Servers() {
  const { model } = useNexus();
  const resource = useFetched('', () => model.api.get(routes.servers));
  const { data, status, error } = useResource(resource);
  if (status === 'failed') {
    return <Problem error={error} retry={() => void resource.reload()} />;
  }
  return data && data.items.length > 0 ? <List items={data.items} changed={() => resource.reload()} /> : null;
}

function List({ items, changed }: { items: SiteServer[]; changed: () => Promise<void> }) {
  const { trans } = useNexus();
  return (
    <>
      <h2>{trans.__('Servers')}</h2>
      <Table
        label={trans.__('Servers')}
        heads={[
          trans.__('Address'),
          trans.__('State'),
          trans.__('Learners'),
          trans.__('Room for'),
          trans.__('Kernels'),
          trans.__('Warm'),
          trans.__('Waiting'),
          trans.__('Version'),
          trans.__('Started'),
          trans.__('Last heard of'),
          trans.__('Change')
        ]}
        items={items}
        keyOf={({ id }) => id}
        cells={server => [
          server.address,
          server.state,
          server.homes,
          server.room,
          trans.__('%1 of %2', server.kernels, server.kernels_max),
          server.warm,
          server.waiting,
          server.version,
          <Moment key="started" at={server.started_at} />,
          <Moment key="heard" at={server.heartbeat_at} />,
          <Drain key="drain" server={server} changed={changed} />
        ]}
      />
    </>
  );
}

/** Takes a server out of service, or calls that off; one that shares no learners with others has no such button. */
function Drain({ server, changed }: { server: SiteServer; changed: () => Promise<void> }) {
  const { host, model, trans } = useNexus();
  const isDrained = server.state === 'draining';
  const act = useAction(
    useCallback(async () => {
      if (isDrained) {
        await model.api.delete(routes.serverDrain(server.id));
        await changed();
        return;
      }
      const isSure = await host.confirm({
        title: trans.__('Take this server out of service?'),
        text: trans.__(
          '%1 takes no new learners. Those with kernels are warned; at the deadline these end, and the server stops.',
          server.address
        ),
        yes: trans.__('Take it out')
      });
      if (isSure) {
        await model.api.put(routes.serverDrain(server.id), {});
        await changed();
      }
    }, [changed, host, isDrained, model, server, trans])
  );
  if (server.peer_port === 0 || server.state === 'gone') {
    return null;
  }
  return (
    <>
      <button
        type="button"
        className="nx-link"
        aria-label={
          isDrained
            ? trans.__('Let %1 take learners again', server.address)
            : trans.__('Take %1 out of service', server.address)
        }
        disabled={act.busy}
        onClick={() => void act.run()}
      >
        {isDrained ? trans.__('Call it off') : trans.__('Drain')}
      </button>
      <InlineProblem text={act.problem} />
    </>
  );
}
