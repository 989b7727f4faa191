import { useCallback } from 'react';
import type { RunningKernel } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { LookAgain } from './LookAgain';
import { Servers } from './Servers';
import { Moment, Table } from './Table';

/** The site's servers, and everybody's kernels on them; each can be ended, and its learner is told. */
export function KernelsTab() {
  const { model, trans } = useNexus();
  const resource = useFetched('', () => model.api.get(routes.kernels));
  return (
    <section>
      <Servers />
      <LookAgain resource={resource} />
      <Loaded
        resource={resource}
        lines={4}
        empty={{ when: ({ items }) => items.length === 0, text: trans.__('No kernel runs for anybody.') }}
      >
        {({ items }) => (
          <>
            <p>{trans._n('%1 kernel runs', '%1 kernels run', items.length)}</p>
            <Table
              label={trans.__('Kernels')}
              heads={[
                trans.__('Whose'),
                ...(items.some(({ server }) => server) ? [trans.__('Server')] : []),
                trans.__('Language'),
                trans.__('State'),
                trans.__('Open tabs'),
                trans.__('Started'),
                trans.__('Last used'),
                trans.__('Change')
              ]}
              items={items}
              keyOf={({ id }) => id}
              cells={kernel => [
                kernel.email,
                ...(items.some(({ server }) => server) ? [kernel.server] : []),
                kernel.kernel_name,
                kernel.reason ? `${kernel.state} (${kernel.reason})` : kernel.state,
                kernel.connections ?? '–',
                <Moment key="started" at={kernel.created_at} />,
                kernel.last_activity ? <Moment key="used" at={kernel.last_activity} /> : '–',
                <End key="end" kernel={kernel} ended={() => resource.reload()} />
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

function End({ kernel, ended }: { kernel: RunningKernel; ended: () => Promise<void> }) {
  const { host, model, trans } = useNexus();
  const end = useAction(
    useCallback(async () => {
      const isSure = await host.confirm({
        title: trans.__('End this kernel?'),
        text: trans.__('%1 loses its variables, and is told. Files stay.', kernel.email),
        yes: trans.__('End it')
      });
      if (isSure) {
        await model.api.delete(routes.kernel(kernel.id));
        await ended();
      }
    }, [ended, host, kernel, model, trans])
  );
  return (
    <>
      <button
        type="button"
        className="nx-link"
        aria-label={trans.__('End the kernel of %1', kernel.email)}
        disabled={end.busy}
        onClick={() => void end.run()}
      >
        {trans.__('End')}
      </button>
      <InlineProblem text={end.problem} />
    </>
  );
}
