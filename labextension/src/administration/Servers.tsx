import type { SiteServer } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched, useResource } from '../components/hooks';
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
  return data && data.items.length > 0 ? <List items={data.items} /> : null;
}

function List({ items }: { items: SiteServer[] }) {
  const { trans } = useNexus();
  return (
    <>
      <h2>{trans.__('Servers')}</h2>
      <Table
        label={trans.__('Servers')}
        heads={[
          trans.__('Address'),
          trans.__('State'),
          trans.__('Kernels'),
          trans.__('Version'),
          trans.__('Started'),
          trans.__('Last heard of')
        ]}
        items={items}
        keyOf={({ id }) => id}
        cells={server => [
          server.address,
          server.state,
          trans.__('%1 of %2', server.kernels, server.kernels_max),
          server.version,
          <Moment key="started" at={server.started_at} />,
          <Moment key="heard" at={server.heartbeat_at} />
        ]}
      />
    </>
  );
}
