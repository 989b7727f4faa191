import { type FormEvent, useCallback, useState } from 'react';
import type { ClassStaff, Member } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { TableBox } from '../components/TableBox';
import { ago } from '../format';
import type { Resource } from '../model/resource';
import { MemberLabels } from './MemberLabels';
import type { OfCohort } from './view';

interface OfMembers extends OfCohort {
  resource: Resource<Member[]>;
}

/** The people of a class: who teaches it first. */
export function Members({ cohort, reload, people, resource }: OfMembers & { people: Member[] }) {
  const { trans } = useNexus();
  const runs = cohort.my_role === 'instructor';
  return (
    <TableBox label={trans.__('People')}>
      <table className="nx-table nx-table-wide">
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('E-mail')}</th>
            <th scope="col">{trans.__('Role')}</th>
            {runs && <th scope="col">{trans.__('Labels')}</th>}
            <th scope="col">{trans.__('Last seen')}</th>
            {runs && (
              <th scope="col">
                <span className="nx-sr">{trans.__('Take out')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {people.map(person => (
            <tr key={person.user_id}>
              <th scope="row">{person.display_name}</th>
              <td>{person.email}</td>
              <td>
                <RoleOf cohort={cohort} reload={reload} person={person} resource={resource} />
              </td>
              {runs && (
                <td className="nx-stuck">
                  {person.role === 'student' && (
                    <MemberLabels cohort={cohort} person={person} resource={resource} />
                  )}
                </td>
              )}
              <td>{person.last_login ? ago(person.last_login, new Date()) : trans.__('never')}</td>
              {runs && (
                <td>
                  <TakeOut cohort={cohort} reload={reload} person={person} resource={resource} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** What somebody is in the class. Those who run it say who else does, and who marks only. */
function RoleOf({ cohort, reload, person, resource }: OfMembers & { person: Member }) {
  const { model, trans } = useNexus();
  const change = useAction(
    useCallback(
      async (role: ClassStaff) => {
        await model.api.patch(routes.member(cohort.id, person.user_id), { role });
        await Promise.all([resource.reload(), reload()]);
      },
      [cohort.id, model, person.user_id, reload, resource]
    )
  );
  if (person.role === 'student') {
    return trans.__('student');
  }
  if (cohort.my_role !== 'instructor' || person.user_id === model.me.snapshot().data?.id) {
    return person.role === 'grader' ? trans.__('grader') : trans.__('instructor');
  }
  return (
    <>
      <StaffRoleSelect
        label={trans.__('Role of %1', person.display_name)}
        value={person.role === 'grader' ? 'grader' : 'instructor'}
        disabled={change.busy}
        onChange={role => void change.run(role)}
      />
      <InlineProblem text={change.problem} />
    </>
  );
}

function StaffRoleSelect({
  label,
  value,
  disabled,
  onChange
}: {
  label: string;
  value: ClassStaff;
  disabled: boolean;
  onChange: (role: ClassStaff) => void;
}) {
  const { trans } = useNexus();
  return (
    <select
      className="nx-text"
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={event => onChange(event.target.value as ClassStaff)}
    >
      <option value="instructor">{trans.__('instructor')}</option>
      <option value="grader">{trans.__('grader')}</option>
    </select>
  );
}

/** Asks once more before it takes somebody out. */
function TakeOut({ cohort, reload, person, resource }: OfMembers & { person: Member }) {
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

/** Somebody else who teaches the class: an instructor runs it, a grader marks what it hands in. */
export function AddColleague({ cohort, resource }: Omit<OfMembers, 'reload'>) {
  const { model, trans } = useNexus();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<ClassStaff>('instructor');
  const add = useAction(
    useCallback(async () => {
      await model.api.post(routes.members(cohort.id), { email: email.trim(), role });
      setEmail('');
      await resource.reload();
    }, [cohort.id, email, model, resource, role])
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
      <StaffRoleSelect label={trans.__('As')} value={role} disabled={add.busy} onChange={setRole} />
      <button type="submit" className="nx-button" disabled={add.busy || !email.trim()}>
        {trans.__('Add to the class')}
      </button>
      <span className="nx-muted">
        {trans.__('An instructor runs the class. A grader reads and marks what it hands in.')}
      </span>
      <InlineProblem text={add.problem} />
    </form>
  );
}
