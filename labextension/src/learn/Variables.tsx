import { useCallback, useSyncExternalStore } from 'react';
import { useNexus } from '../components/context';
import type { Change } from '../lab/variables';
import type { KernelVariables } from '../notebook/kernel-variables';

/** The kernel's variables, and what the last cell did to them; closed until somebody wants to know. */
export function Variables({ variables }: { variables: KernelVariables }) {
  const { trans } = useNexus();
  const toggle = useCallback(
    (event: React.SyntheticEvent<HTMLDetailsElement>) => variables.watch(event.currentTarget.open),
    [variables]
  );
  return (
    <details className="nx-variables" onToggle={toggle}>
      <summary>{trans.__('Variables')}</summary>
      <Table variables={variables} />
    </details>
  );
}

function Table({ variables }: { variables: KernelVariables }) {
  const { trans } = useNexus();
  const { look } = useSyncExternalStore(variables.subscribe, variables.snapshot);
  if (!look || look.variables.length + look.gone.length === 0) {
    return <p className="nx-muted">{trans.__('Run a cell that makes some.')}</p>;
  }
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Value')}</th>
          </tr>
        </thead>
        <tbody>
          {look.variables.map(({ name, type, value, size }) => {
            const change = look.changes.get(name);
            return (
              <tr key={name} data-change={change}>
                <th scope="row">
                  <code>{name}</code>
                  {change && <span className="nx-variable-change">{changeWord(change, trans)}</span>}
                </th>
                <td>
                  {type}
                  {size && ` · ${size}`}
                </td>
                <td>
                  <code>{value}</code>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {look.gone.length > 0 && <p className="nx-muted">{trans.__('Gone: %1', look.gone.join(', '))}</p>}
    </>
  );
}

function changeWord(change: Change, trans: { __: (text: string) => string }): string {
  return change === 'new' ? trans.__('new') : trans.__('changed');
}
