import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { CohortView } from './CohortView';

/** My classes, their join codes, and a new one; or one class, opened. */
export function Cohorts({ cohorts, reload }: { cohorts: Cohort[]; reload: () => Promise<void> }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const opened = cohorts.find(({ id }) => id === openId);
  return opened ? (
    <CohortView key={opened.id} cohort={opened} reload={reload} onClose={() => setOpenId(null)} />
  ) : (
    <CohortList cohorts={cohorts} reload={reload} onOpen={setOpenId} />
  );
}

function CohortList({
  cohorts,
  reload,
  onOpen
}: {
  cohorts: Cohort[];
  reload: () => Promise<void>;
  onOpen: (id: string) => void;
}) {
  const { model, trans } = useNexus();
  const [name, setName] = useState('');
  const create = useAction(
    useCallback(
      async (title: string) => {
        await model.api.post(routes.cohorts, { name: title });
        setName('');
        await reload();
      },
      [model, reload]
    )
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run(name.trim());
  };
  return (
    <section>
      {cohorts.length === 0 && (
        <p className="nx-muted">
          {trans.__('You have no class yet. Make one and tell your students its code.')}
        </p>
      )}
      <ul className="nx-grid">
        {cohorts.map(cohort => (
          <li key={cohort.id} className="nx-card">
            <span className="nx-card-title">
              <button type="button" className="nx-link" onClick={() => onOpen(cohort.id)}>
                {cohort.name}
              </button>
              {cohort.archived_at && <span className="nx-tag">{trans.__('archived')}</span>}
            </span>
            <span className="nx-muted">{trans._n('%1 student', '%1 students', cohort.students)}</span>
            <span>
              {trans.__('Join code')} <code>{cohort.join_code}</code>
            </span>
          </li>
        ))}
      </ul>
      <form className="nx-filter" onSubmit={submit}>
        <input
          className="nx-text"
          aria-label={trans.__('Name of the new class')}
          placeholder={trans.__('Name of the new class')}
          required
          maxLength={120}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <button type="submit" className="nx-button" disabled={create.busy || !name.trim()}>
          {trans.__('Make a class')}
        </button>
        <InlineProblem text={create.problem} />
      </form>
    </section>
  );
}
