import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort, CohortChange, Member } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import type { Resource } from '../model/resource';
import { AddColleague, Members } from './ClassMembers';
import { ClassMessage } from './ClassMessage';
import { CopyClass } from './CopyClass';
import { GroupsSection } from './GroupsSection';
import { Lessons } from './Lessons';
import type { OfCohort } from './view';

/** One class: its name and code, who is in it, its free days, and its end. */
export function CohortView({ cohort, reload, onClose }: OfCohort & { onClose: () => void }) {
  const { model, trans } = useNexus();
  const members = useFetched(cohort.id, () =>
    model.api.get(routes.members(cohort.id)).then(({ items }) => items)
  );
  const runs = cohort.my_role === 'instructor';
  return (
    <section aria-label={cohort.name}>
      <p className="nx-section-head">
        <button type="button" className="nx-link" onClick={onClose}>
          {trans.__('All classes')}
        </button>
      </p>
      <h2>{cohort.name}</h2>
      {runs ? (
        <JoinCode cohort={cohort} reload={reload} />
      ) : (
        <p className="nx-muted">
          {trans.__('You mark what this class hands in. Its instructors do the rest.')}
        </p>
      )}
      <Loaded resource={members} lines={4}>
        {people => <Members cohort={cohort} reload={reload} people={people} resource={members} />}
      </Loaded>
      {runs && <Running cohort={cohort} reload={reload} members={members} />}
    </section>
  );
}

/** What those who run a class do with it. */
function Running({ cohort, reload, members }: OfCohort & { members: Resource<Member[]> }) {
  return (
    <>
      <AddColleague cohort={cohort} resource={members} />
      <GroupsSection key={cohort.id} cohort={cohort} />
      <ClassMessage key={cohort.id} cohort={cohort} />
      <Lessons cohort={cohort} />
      <Rename cohort={cohort} reload={reload} />
      <Holidays cohort={cohort} reload={reload} />
      <Switches cohort={cohort} reload={reload} />
      <CopyClass cohort={cohort} reload={reload} />
      <Archive cohort={cohort} reload={reload} />
    </>
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
