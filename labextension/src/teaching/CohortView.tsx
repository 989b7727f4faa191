import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort, CohortChange, Member } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { ago } from '../format';
import type { Resource } from '../model/resource';
import { ClassMessage } from './ClassMessage';
import { Lessons } from './Lessons';
import { MemberLabels } from './MemberLabels';

interface OfCohort {
  cohort: Cohort;
  /** read my classes again */
  reload: () => Promise<void>;
}

/** One class: its name and code, who is in it, its free days, and its end. */
export function CohortView({ cohort, reload, onClose }: OfCohort & { onClose: () => void }) {
  const { model, trans } = useNexus();
  const members = useFetched(cohort.id, () =>
    model.api.get(routes.members(cohort.id)).then(({ items }) => items)
  );
  return (
    <section aria-label={cohort.name}>
      <p className="nx-section-head">
        <button type="button" className="nx-link" onClick={onClose}>
          {trans.__('All classes')}
        </button>
      </p>
      <h2>{cohort.name}</h2>
      <JoinCode cohort={cohort} reload={reload} />
      <Loaded resource={members} lines={4}>
        {people => <Members cohort={cohort} reload={reload} people={people} resource={members} />}
      </Loaded>
      <AddColleague cohort={cohort} resource={members} />
      <ClassMessage key={cohort.id} cohort={cohort} />
      <Lessons cohort={cohort} />
      <Rename cohort={cohort} reload={reload} />
      <Holidays cohort={cohort} reload={reload} />
      <Switches cohort={cohort} reload={reload} />
      <Archive cohort={cohort} reload={reload} />
    </section>
  );
}

/** Changes the class and reads my classes again. */
function useChange({ cohort, reload }: OfCohort) {
  const { model } = useNexus();
  return useAction(
    useCallback(
      async (change: CohortChange) => {
        await model.api.patch(routes.cohort(cohort.id), change);
        await reload();
      },
      [cohort.id, model, reload]
    )
  );
}

/** What the class does without. XP are counted all the same, so that nothing is lost by trying. */
function Switches({ cohort, reload }: OfCohort) {
  const { trans } = useNexus();
  const change = useChange({ cohort, reload });
  return (
    <fieldset className="nx-filter">
      <legend>{trans.__('The students of this class see')}</legend>
      <label>
        <input
          type="checkbox"
          checked={cohort.shows_boards}
          disabled={change.busy}
          onChange={event => void change.run({ shows_boards: event.target.checked })}
        />{' '}
        {trans.__('leaderboards')}
      </label>
      <label>
        <input
          type="checkbox"
          checked={cohort.shows_xp}
          disabled={change.busy}
          onChange={event => void change.run({ shows_xp: event.target.checked })}
        />{' '}
        {trans.__('XP and ranks')}
      </label>
      <label>
        {trans.__('Next for you')}{' '}
        <select
          className="nx-text"
          value={cohort.next_order}
          disabled={change.busy}
          onChange={event => void change.run({ next_order: event.target.value as Cohort['next_order'] })}
        >
          <option value="chosen">{trans.__('chosen for each student')}</option>
          <option value="fixed">{trans.__('follows the roadmap')}</option>
        </select>
      </label>
      <InlineProblem text={change.problem} />
    </fieldset>
  );
}

function JoinCode({ cohort, reload }: OfCohort) {
  const { trans } = useNexus();
  const [isCopied, setIsCopied] = useState(false);
  const change = useChange({ cohort, reload });
  const copy = useAction(
    useCallback(async () => {
      await navigator.clipboard.writeText(cohort.join_code);
      setIsCopied(true);
    }, [cohort.join_code])
  );
  return (
    <p className="nx-filter">
      <span>
        {trans.__('Join code')} <code>{cohort.join_code}</code>
      </span>
      <button type="button" className="nx-button" onClick={() => void copy.run()}>
        {trans.__('Copy the code')}
      </button>
      <button
        type="button"
        className="nx-link"
        disabled={change.busy}
        onClick={() => void change.run({ new_join_code: true })}
      >
        {trans.__('Make a new code; the old one ends')}
      </button>
      {isCopied && <span role="status">{trans.__('Copied.')}</span>}
      <InlineProblem text={change.problem ?? copy.problem} />
    </p>
  );
}

function Members({
  cohort,
  reload,
  people,
  resource
}: OfCohort & { people: Member[]; resource: Resource<Member[]> }) {
  const { trans } = useNexus();
  return (
    <table className="nx-table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('E-mail')}</th>
          <th scope="col">{trans.__('Role')}</th>
          <th scope="col">{trans.__('Labels')}</th>
          <th scope="col">{trans.__('Last seen')}</th>
          <th scope="col">
            <span className="nx-sr">{trans.__('Take out')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map(person => (
          <tr key={person.user_id}>
            <th scope="row">{person.display_name}</th>
            <td>{person.email}</td>
            <td>{person.role === 'instructor' ? trans.__('instructor') : trans.__('student')}</td>
            <td className="nx-stuck">
              {person.role === 'student' && (
                <MemberLabels cohort={cohort} person={person} resource={resource} />
              )}
            </td>
            <td>{person.last_login ? ago(person.last_login, new Date()) : trans.__('never')}</td>
            <td>
              <TakeOut cohort={cohort} reload={reload} person={person} resource={resource} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Asks once more before it takes somebody out. */
function TakeOut({
  cohort,
  reload,
  person,
  resource
}: OfCohort & { person: Member; resource: Resource<Member[]> }) {
  const { model, trans } = useNexus();
  const [isAsked, setIsAsked] = useState(false);
  const remove = useAction(
    useCallback(async () => {
      await model.api.delete(routes.member(cohort.id, person.user_id));
      await Promise.all([resource.reload(), reload()]);
    }, [cohort.id, model, person.user_id, reload, resource])
  );
  if (person.user_id === model.me.snapshot().data?.id) {
    return null;
  }
  return isAsked ? (
    <>
      <button
        type="button"
        className="nx-button nx-danger"
        disabled={remove.busy}
        onClick={() => void remove.run()}
      >
        {trans.__('Take %1 out', person.display_name)}
      </button>{' '}
      <button type="button" className="nx-link" onClick={() => setIsAsked(false)}>
        {trans.__('Cancel')}
      </button>
      <InlineProblem text={remove.problem} />
    </>
  ) : (
    <button type="button" className="nx-link" onClick={() => setIsAsked(true)}>
      {trans.__('Take out')}
      <span className="nx-sr"> {person.display_name}</span>
    </button>
  );
}

function AddColleague({ cohort, resource }: { cohort: Cohort; resource: Resource<Member[]> }) {
  const { model, trans } = useNexus();
  const [email, setEmail] = useState('');
  const add = useAction(
    useCallback(async () => {
      await model.api.post(routes.members(cohort.id), { email: email.trim() });
      setEmail('');
      await resource.reload();
    }, [cohort.id, email, model, resource])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void add.run();
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <input
        className="nx-text"
        type="email"
        required
        maxLength={254}
        aria-label={trans.__('E-mail address of a colleague')}
        placeholder={trans.__('E-mail address of a colleague')}
        value={email}
        onChange={event => setEmail(event.target.value)}
      />
      <button type="submit" className="nx-button" disabled={add.busy || !email.trim()}>
        {trans.__('Add to the class')}
      </button>
      <InlineProblem text={add.problem} />
    </form>
  );
}

function Rename({ cohort, reload }: OfCohort) {
  const { trans } = useNexus();
  const [name, setName] = useState(cohort.name);
  const change = useChange({ cohort, reload });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void change.run({ name: name.trim() });
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <input
        className="nx-text"
        required
        maxLength={120}
        aria-label={trans.__('Name of the class')}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      <button
        type="submit"
        className="nx-button"
        disabled={change.busy || !name.trim() || name.trim() === cohort.name}
      >
        {trans.__('Rename')}
      </button>
      <InlineProblem text={change.problem} />
    </form>
  );
}

function Holidays({ cohort, reload }: OfCohort) {
  const { trans } = useNexus();
  const [day, setDay] = useState('');
  const change = useChange({ cohort, reload });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void change.run({ holidays: [...new Set([...cohort.holidays, day])].sort() });
    setDay('');
  };
  return (
    <>
      <h3>{trans.__('Free days')}</h3>
      <p className="nx-muted">
        {trans.__('Nobody’s streak breaks on them, where streaks go by calendar days.')}
      </p>
      <ul className="nx-filter">
        {cohort.holidays.map(holiday => (
          <li key={holiday}>
            {holiday}{' '}
            <button
              type="button"
              className="nx-link"
              disabled={change.busy}
              onClick={() => void change.run({ holidays: cohort.holidays.filter(each => each !== holiday) })}
            >
              {trans.__('Remove')}
              <span className="nx-sr"> {holiday}</span>
            </button>
          </li>
        ))}
      </ul>
      <form className="nx-filter" onSubmit={submit}>
        <input
          className="nx-text"
          type="date"
          required
          aria-label={trans.__('A free day')}
          value={day}
          onChange={event => setDay(event.target.value)}
        />
        <button type="submit" className="nx-button" disabled={change.busy || !day}>
          {trans.__('Add the day')}
        </button>
        <InlineProblem text={change.problem} />
      </form>
    </>
  );
}

function Archive({ cohort, reload }: OfCohort) {
  const { trans } = useNexus();
  const change = useChange({ cohort, reload });
  const isArchived = cohort.archived_at !== null;
  return (
    <p className="nx-filter">
      <button
        type="button"
        className="nx-button"
        disabled={change.busy}
        onClick={() => void change.run({ archived: !isArchived })}
      >
        {isArchived ? trans.__('Bring the class back') : trans.__('Archive the class')}
      </button>
      <span className="nx-muted">
        {isArchived
          ? trans.__('Nobody can join it. Grades stay.')
          : trans.__('Nobody can join an archived class. Grades stay, and you can bring it back.')}
      </span>
      <InlineProblem text={change.problem} />
    </p>
  );
}
