import type { HealthFinding } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { LookAgain } from './LookAgain';

/** What the server needs and has, what is not well first, each with what to do. */
export function HealthTab() {
  const { model, trans } = useNexus();
  const resource = useFetched('', () => model.api.get(routes.health));
  return (
    <section>
      <Loaded resource={resource} lines={6}>
        {({ version, items }) => (
          <>
            <LookAgain resource={resource}>
              <span role="status">
                {summary(items, trans)} · NexusAI {version}
              </span>
            </LookAgain>
            <ul className="nx-content-problems">
              {items.map(finding => (
                <Finding key={finding.name} finding={finding} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Finding({ finding: { name, status, message, advice } }: { finding: HealthFinding }) {
  const { trans } = useNexus();
  const words = { ok: trans.__('well'), warning: trans.__('look'), failure: trans.__('broken') };
  const severity = { ok: 'info', warning: 'warning', failure: 'error' }[status];
  return (
    <li data-severity={severity}>
      <span className="nx-tag">{words[status]}</span>
      <strong>{name}</strong>
      <span>
        {message} {advice && <em>{advice}</em>}
      </span>
    </li>
  );
}

type Words = ReturnType<typeof useNexus>['trans'];

function summary(items: HealthFinding[], trans: Words): string {
  const bad = items.filter(({ status }) => status !== 'ok').length;
  return bad === 0 ? trans.__('All is well.') : trans._n('%1 thing to look at', '%1 things to look at', bad);
}
