import { useCallback, useState } from 'react';
import { base64Of } from '../api/base64';
import type { AccountImport, Cohort } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { ChooseTable, TableProblems } from '../components/TableFile';

interface Seen {
  content: string;
  cohort_id: string | null;
  found: AccountImport;
}

/** Accounts out of a CSV file, into a class if that is wanted: first seen, then made. */
export function AccountList({ onMade }: { onMade: () => void }) {
  const { model, trans } = useNexus();
  const classes = useFetched('classes', () => model.api.get(routes.cohorts).then(({ items }) => items));
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <p className="nx-filter">
        <button
          type="button"
          className="nx-button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(now => !now)}
        >
          {trans.__('Add people from a file')}
        </button>
      </p>
      {isOpen && <Loaded resource={classes}>{items => <FromFile classes={items} onMade={onMade} />}</Loaded>}
    </>
  );
}

function FromFile({ classes, onMade }: { classes: Cohort[]; onMade: () => void }) {
  const { model, trans } = useNexus();
  const [cohortId, setCohortId] = useState('');
  const [seen, setSeen] = useState<Seen | null>(null);
  const [done, setDone] = useState('');
  const look = useAction(
    useCallback(
      async (file: File) => {
        setSeen(null);
        setDone('');
        const asked = { content: await base64Of(file), cohort_id: cohortId || null };
        setSeen({ ...asked, found: await model.api.post(routes.accountListPreview, asked) });
      },
      [cohortId, model]
    )
  );
  const make = useAction(
    useCallback(
      async ({ content, cohort_id, found }: Seen) => {
        const { items } = await model.api.post(routes.accountLists, { content, cohort_id, seen: found.seen });
        const made = items.filter(({ is_new }) => is_new).length;
        setSeen(null);
        setDone(trans._n('%1 account was made.', '%1 accounts were made.', made));
        onMade();
      },
      [model, onMade, trans]
    )
  );
  return (
    <section className="nx-grade-box" aria-label={trans.__('People from a file')}>
      <p>
        {trans.__(
          'A CSV file with the columns email and name; role (student or instructor) and timezone may be there. New people have no password yet: they choose one with “Forgot password?”.'
        )}
      </p>
      <p className="nx-filter">
        <select
          aria-label={trans.__('Class that they join')}
          value={cohortId}
          onChange={event => {
            setCohortId(event.target.value);
            setSeen(null);
          }}
        >
          <option value="">{trans.__('They join no class')}</option>
          {classes.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <ChooseTable disabled={look.busy || make.busy} onChoose={file => void look.run(file)} />
      </p>
      <InlineProblem text={look.problem ?? make.problem} />
      {done && <p role="status">{done}</p>}
      {seen && <Preview found={seen.found} busy={make.busy} onMake={() => void make.run(seen)} />}
    </section>
  );
}

function Preview({ found, busy, onMake }: { found: AccountImport; busy: boolean; onMake: () => void }) {
  const { trans } = useNexus();
  const { encoding, items, problems } = found;
  const changes = items.filter(({ is_new, joins }) => is_new || joins);
  return (
    <>
      <p>
        {trans.__('Read as %1.', encoding)}{' '}
        {trans._n('%1 person would be added,', '%1 people would be added,', changes.length)}{' '}
        {trans.__('%1 are here already.', items.length - changes.length)}
      </p>
      <TableProblems problems={problems} />
      <ul>
        {changes.map(({ email, display_name, role, is_new, joins }) => (
          <li key={email}>
            {display_name} ({email}, {role === 'instructor' ? trans.__('instructor') : trans.__('student')}):{' '}
            {[is_new && trans.__('a new account'), joins && trans.__('joins the class')]
              .filter(Boolean)
              .join(', ')}
          </li>
        ))}
      </ul>
      <p>
        <button
          type="button"
          className="nx-button"
          disabled={busy || problems.length > 0 || changes.length === 0}
          onClick={onMake}
        >
          {trans.__('Add these people')}
        </button>
      </p>
    </>
  );
}
