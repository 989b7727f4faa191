import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort, GroupsChange, NodeSummary, WorkGroups } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import type { Resource } from '../model/resource';
import { OfChosenLab } from './Filters';
import { ALONE, moved, NEW_GROUP, placed } from './groups';

interface OfGroups {
  cohort: Cohort;
  lab: NodeSummary;
  resource: Resource<WorkGroups>;
  groups: WorkGroups;
}

/** Who of a class hands a lab in together; opened when it is wanted. */
export function GroupsSection({ cohort }: { cohort: Cohort }) {
  const { trans } = useNexus();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <h3>{trans.__('Groups')}</h3>
      <p className="nx-filter">
        <span className="nx-muted">
          {trans.__(
            'What one of a group hands in counts for all of it: the grade, the marks and the attempts.'
          )}
        </span>
        <button
          type="button"
          className="nx-button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(now => !now)}
        >
          {trans.__('Groups for a lab')}
        </button>
      </p>
      {isOpen && (
        <section className="nx-grade-box" aria-label={trans.__('Groups for a lab')}>
          <OfChosenLab>{lab => <OfLab key={lab.id} cohort={cohort} lab={lab} />}</OfChosenLab>
        </section>
      )}
    </>
  );
}

function OfLab({ cohort, lab }: { cohort: Cohort; lab: NodeSummary }) {
  const { model, trans } = useNexus();
  const resource = useFetched(`${cohort.id}/${lab.id}`, () =>
    model.api.get(routes.workGroups(cohort.id, lab.id))
  );
  return (
    <Loaded
      resource={resource}
      lines={3}
      empty={{
        when: groups => placed(groups).length === 0,
        text: trans.__('There are no students in this class yet.')
      }}
    >
      {groups => (
        <>
          <AtRandom cohort={cohort} lab={lab} resource={resource} groups={groups} />
          <Places cohort={cohort} lab={lab} resource={resource} groups={groups} />
        </>
      )}
    </Loaded>
  );
}

function AtRandom({ cohort, lab, resource, groups }: OfGroups) {
  const { model, trans } = useNexus();
  const [size, setSize] = useState(2);
  const [all, setAll] = useState(false);
  const shuffle = useAction(
    useCallback(async () => {
      const wanted = { size, all, seen: groups.seen };
      resource.set(await model.api.post(routes.randomGroups(cohort.id, lab.id), wanted));
    }, [all, cohort.id, groups.seen, lab.id, model, resource, size])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void shuffle.run();
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <label>
        {trans.__('Students in a group')}{' '}
        <input
          className="nx-text"
          type="number"
          required
          min={2}
          max={50}
          value={size}
          onChange={event => setSize(event.target.valueAsNumber)}
        />
      </label>
      <label>
        <input type="checkbox" checked={all} onChange={event => setAll(event.target.checked)} />{' '}
        {trans.__('Those in groups, too')}
      </label>
      <button type="submit" className="nx-button" disabled={shuffle.busy || Number.isNaN(size)}>
        {trans.__('Make groups at random')}
      </button>
      <InlineProblem text={shuffle.problem} />
    </form>
  );
}

function Places({ cohort, lab, resource, groups }: OfGroups) {
  const { model, trans } = useNexus();
  const change = useAction(
    useCallback(
      async (wanted: GroupsChange) => {
        resource.set(await model.api.put(routes.workGroups(cohort.id, lab.id), wanted));
      },
      [cohort.id, lab.id, model, resource]
    )
  );
  return (
    <>
      <InlineProblem text={change.problem} />
      <TableBox label={trans.__('Who is in which group')}>
        <table className="nx-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Group')}</th>
            </tr>
          </thead>
          <tbody>
            {placed(groups).map(({ userId, name, group }) => (
              <tr key={userId}>
                <th scope="row">{name}</th>
                <td>
                  <select
                    aria-label={trans.__('Group of %1', name)}
                    value={group}
                    disabled={change.busy}
                    onChange={event => void change.run(moved(groups, userId, event.target.value))}
                  >
                    <option value={ALONE}>{trans.__('works alone')}</option>
                    {groups.groups.map(each => (
                      <option key={each.name} value={each.name}>
                        {trans.__('Group %1', each.name)}
                      </option>
                    ))}
                    <option value={NEW_GROUP}>{trans.__('a new group')}</option>
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </>
  );
}
