import type { TranslationBundle } from '@jupyterlab/translation';
import type { Limits } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { type LimitRow, rowsOf } from './limits';
import { Section } from './parts';

/** What I may still use, so that nobody learns of a limit by meeting it. */
export function Allowance() {
  const { model, trans } = useNexus();
  const limits = useFetched('limits', () => model.api.get(routes.limits));
  return (
    <Section title={trans.__('What I may still use')}>
      <Loaded resource={limits} lines={6}>
        {found => (
          <ul className="nx-allowance">
            {rowsOf(found).map(row => (
              <Row key={row.name} row={row} />
            ))}
          </ul>
        )}
      </Loaded>
      <p className="nx-muted">
        {trans.__(
          'Room comes back when you delete files. Everything else comes back by itself within minutes.'
        )}
      </p>
      <p className="nx-settings-foot">
        <button type="button" className="nx-button" onClick={() => void limits.reload()}>
          {trans.__('Look again')}
        </button>
      </p>
    </Section>
  );
}

function Row({ row }: { row: LimitRow }) {
  const { trans } = useNexus();
  const title = titleOf(row.name, trans);
  return (
    <li data-scarce={row.scarce}>
      <span className="nx-allowance-name">
        <span>{title}</span>
        <span className="nx-muted">
          {trans.__('%1 of %2 left', row.left, row.limit)}
          {row.scarce && ` · ${trans.__('nearly used up')}`}
        </span>
      </span>
      <Meter share={row.share} label={trans.__('%1: used', title)} />
    </li>
  );
}

function titleOf(name: keyof Limits, trans: TranslationBundle): string {
  switch (name) {
    case 'workspace_bytes':
      return trans.__('Room for files');
    case 'workspace_files':
      return trans.__('Number of files');
    case 'kernel_starts':
      return trans.__('Kernel starts');
    case 'computing_s':
      return trans.__('Computing for large notebooks, long texts and hints');
    case 'upload_bytes':
      return trans.__('Uploads');
    case 'kernel_message_bytes':
      return trans.__('Data sent to kernels');
  }
}
