import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort, NodeSummary, TutorPolicy, TutorPolicyList } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import type { Resource } from '../model/resource';
import { ClassOptions, OfRoadmap } from './Filters';
import { CheckField, TextField } from './fields';
import { EMPTY_POLICY, type PolicyForm, policyOf, saidBy } from './tutor-policy';
import { useTeaching } from './view';

/** What the tutor may do in my classes: everywhere, in a roadmap, or in one lab. */
export function TutorTab() {
  const { model, trans } = useNexus();
  const { cohorts } = useTeaching();
  const policies = useFetched('policies', () => model.api.get(routes.tutorPolicies));
  return (
    <section>
      <p>
        {trans.__(
          'The strictest of what is said about a place holds, and students are told who said it. What nobody says is on.'
        )}
      </p>
      <Loaded resource={policies} lines={3}>
        {({ items }) => <Policies items={items} resource={policies} />}
      </Loaded>
      {cohorts.length > 0 ? (
        <Say cohorts={cohorts} resource={policies} />
      ) : (
        <p className="nx-empty">{trans.__('Make a class first: what you say holds for it.')}</p>
      )}
    </section>
  );
}

interface OfPolicies {
  resource: Resource<TutorPolicyList>;
}

function Policies({ items, resource }: OfPolicies & { items: TutorPolicy[] }) {
  const { trans } = useNexus();
  if (items.length === 0) {
    return <p className="nx-empty">{trans.__('Nothing is said yet: hints and chat are on everywhere.')}</p>;
  }
  return (
    <TableBox label={trans.__('Tutor')}>
      <table className="nx-table nx-table-wide">
        <thead>
          <tr>
            <th scope="col">{trans.__('Where')}</th>
            <th scope="col">{trans.__('What holds there')}</th>
            <th scope="col">
              <span className="nx-sr">{trans.__('Take away')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <PolicyRow key={item.id} item={item} resource={resource} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function PolicyRow({ item, resource }: OfPolicies & { item: TutorPolicy }) {
  const { model, trans } = useNexus();
  const lift = useAction(
    useCallback(
      async () => resource.set(await model.api.delete(routes.tutorPolicy(item.id))),
      [item.id, model, resource]
    )
  );
  return (
    <tr>
      <th scope="row">{item.place}</th>
      <td className="nx-stuck">{saidBy(item, trans).join(' · ')}</td>
      <td>
        {item.is_mine && (
          <button type="button" className="nx-link" disabled={lift.busy} onClick={() => void lift.run()}>
            {trans.__('Take away')}
            <span className="nx-sr"> {item.place}</span>
          </button>
        )}
        <InlineProblem text={lift.problem} />
      </td>
    </tr>
  );
}

/** Says something about a class, in place of what was said about the same place. */
function Say({ cohorts, resource }: OfPolicies & { cohorts: Cohort[] }) {
  const { model, trans } = useNexus();
  const [cohortId, setCohortId] = useState(cohorts[0].id);
  const [place, setPlace] = useState<{ roadmap?: string; node_id?: string }>({});
  const [form, setForm] = useState(EMPTY_POLICY);
  const said = policyOf(form);
  const say = useAction(
    useCallback(async () => {
      if (said) {
        resource.set(await model.api.put(routes.cohortTutorPolicy(cohortId), { ...said, ...place }));
        setForm(EMPTY_POLICY);
      }
    }, [cohortId, model, place, resource, said])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void say.run();
  };
  return (
    <form onSubmit={submit} className="nx-settings-form" aria-label={trans.__('Say what holds')}>
      <h2>{trans.__('Say what holds')}</h2>
      <label>
        {trans.__('Class')}
        <select className="nx-text" value={cohortId} onChange={event => setCohortId(event.target.value)}>
          <ClassOptions />
        </select>
      </label>
      <OfRoadmap>
        {(roadmap, picker) => (
          <PlaceSelect key={roadmap.slug} slug={roadmap.slug} picker={picker} onChange={setPlace} />
        )}
      </OfRoadmap>
      <Fields form={form} onChange={change => setForm(now => ({ ...now, ...change }))} />
      <p className="nx-settings-foot">
        <button type="submit" className="nx-button" data-primary="true" disabled={say.busy || !said}>
          {trans.__('Let it hold')}
        </button>
        <InlineProblem text={say.problem} />
      </p>
    </form>
  );
}

type Change = (place: { roadmap?: string; node_id?: string }) => void;

function PlaceSelect({
  slug,
  picker,
  onChange
}: {
  slug: string;
  picker: React.ReactNode;
  onChange: Change;
}) {
  const { model, trans } = useNexus();
  const [kind, setKind] = useState('');
  const choose = (value: string) => {
    setKind(value);
    onChange(value === '' ? {} : value === slug ? { roadmap: slug } : { node_id: value });
  };
  return (
    <Loaded resource={model.roadmap.get(slug)}>
      {({ nodes }) => (
        <div className="nx-filter">
          <label>
            {trans.__('Where')}{' '}
            <select className="nx-text" value={kind} onChange={event => choose(event.target.value)}>
              <option value="">{trans.__('everywhere')}</option>
              <option value={slug}>{trans.__('in this whole roadmap')}</option>
              {nodes.filter(({ type }) => type === 'lab').map(labOption)}
            </select>
          </label>
          {picker}
        </div>
      )}
    </Loaded>
  );
}

function labOption({ id, title }: NodeSummary) {
  return (
    <option key={id} value={id}>
      {title}
    </option>
  );
}

function Fields({ form, onChange }: { form: PolicyForm; onChange: (change: Partial<PolicyForm>) => void }) {
  const { trans } = useNexus();
  return (
    <>
      <label>
        {trans.__('The tutor gives')}
        <select
          className="nx-text"
          value={form.mode}
          onChange={event => onChange({ mode: event.target.value as PolicyForm['mode'] })}
        >
          <option value="">{trans.__('(as wider places say)')}</option>
          <option value="off">{trans.__('nothing')}</option>
          <option value="hints">{trans.__('hints')}</option>
          <option value="chat">{trans.__('hints and chat')}</option>
        </select>
      </label>
      <CheckField
        label={trans.__('No language model: the rules and the notes alone')}
        isChecked={form.withoutModel}
        onChange={withoutModel => onChange({ withoutModel })}
      />
      <TextField
        label={trans.__('Tokens a day, for all of them together')}
        inputMode="numeric"
        value={form.tokens}
        onChange={tokens => onChange({ tokens })}
      />
      <TextField
        label={trans.__('Seconds between the deeper levels of a hint')}
        inputMode="numeric"
        value={form.wait}
        onChange={wait => onChange({ wait })}
      />
      <TextField
        label={trans.__('Words that were not taught yet, with commas between them')}
        value={form.avoid}
        onChange={avoid => onChange({ avoid })}
      />
      <TextField
        label={trans.__('Off in an exam, from')}
        type="datetime-local"
        value={form.examFrom}
        onChange={examFrom => onChange({ examFrom })}
      />
      <TextField
        label={trans.__('Until')}
        type="datetime-local"
        min={form.examFrom}
        value={form.examUntil}
        onChange={examUntil => onChange({ examUntil })}
      />
      <label>
        {trans.__('What a model should know of the course')}
        <textarea
          className="nx-text"
          rows={2}
          maxLength={1000}
          value={form.context}
          onChange={event => onChange({ context: event.target.value })}
        />
      </label>
    </>
  );
}
