import { type FormEvent, useCallback, useState } from 'react';
import type { ClassLabel, GradebookRow, LabTerms, NodeSummary, TermsOverride } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import { inWords } from '../lab/term-words';
import type { Resource } from '../model/resource';
import { ExamSection } from './ExamSection';
import { ClassOptions, NodeSelect, OfNode, OfRoadmap } from './Filters';
import { CheckField, TextField } from './fields';
import { changeOf, EMPTY_FORM, type TermsForm } from './terms';
import { useTeaching } from './view';

/** A lab's deadline, attempts and lateness, and for whom they differ. */
export function TermsTab() {
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <OfNode slug={roadmap.slug} picker={picker} wanted={({ type }) => type === 'lab'}>
          {(lab, labs) => (
            <section>
              <div className="nx-filter">
                {picker}
                <NodeSelect chosen={lab} nodes={labs} />
              </div>
              <OfLab key={lab.id} lab={lab} slug={roadmap.slug} />
            </section>
          )}
        </OfNode>
      )}
    </OfRoadmap>
  );
}

function OfLab({ lab, slug }: { lab: NodeSummary; slug: string }) {
  const { model } = useNexus();
  const terms = useFetched(lab.id, () => model.api.get(routes.overrides(lab.id)));
  const labels = useFetched('labels', () => model.api.get(routes.labels).then(({ items }) => items));
  const students = useFetched(slug, () => model.api.get(routes.gradebook(slug)).then(({ items }) => items));
  return (
    <Loaded resource={terms} lines={3}>
      {seen => (
        <>
          <Own terms={seen} />
          <Others lab={lab} terms={seen} resource={terms} />
          <ExamSection lab={lab} version={seen} />
          <Loaded resource={students}>
            {rows => (
              <Loaded resource={labels}>
                {known => <Give lab={lab} students={rows} labels={known} resource={terms} />}
              </Loaded>
            )}
          </Loaded>
        </>
      )}
    </Loaded>
  );
}

function Own({ terms }: { terms: LabTerms }) {
  const { trans } = useNexus();
  const { time_limit_minutes: limit } = terms;
  const words = inWords(
    terms,
    [
      'opens',
      'deadline',
      'late_penalty',
      'attempts',
      ...(limit === null ? [] : ['time_limit_minutes' as const])
    ],
    trans
  );
  return (
    <p>
      <strong>{trans.__('For everybody:')}</strong> {words.join(' · ')}
    </p>
  );
}

interface OfTerms {
  lab: NodeSummary;
  resource: Resource<LabTerms>;
}

function Others({ lab, terms, resource }: OfTerms & { terms: LabTerms }) {
  const { trans } = useNexus();
  if (terms.items.length === 0) {
    return <p className="nx-empty">{trans.__('Nobody has other terms.')}</p>;
  }
  return (
    <TableBox label={trans.__('Other terms')}>
      <table className="nx-table nx-table-wide" aria-label={trans.__('Other terms')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('For')}</th>
            <th scope="col">{trans.__('Differs')}</th>
            <th scope="col">{trans.__('Why')}</th>
            <th scope="col">
              <span className="nx-sr">{trans.__('Take away')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {terms.items.map(item => (
            <Other key={`${item.holder_id}/${item.label}`} lab={lab} item={item} resource={resource} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** The address of an override; a label is one of a class. */
function addressOf(lab: NodeSummary, holder: string, id: string, label: string) {
  switch (holder) {
    case 'class':
      return routes.cohortOverride(lab.id, id);
    case 'label':
      return routes.labelOverride(lab.id, id, label);
    default:
      return routes.learnerOverride(lab.id, id);
  }
}

function Other({ lab, item, resource }: OfTerms & { item: TermsOverride }) {
  const { model, trans } = useNexus();
  const lift = useAction(
    useCallback(async () => {
      await model.api.delete(addressOf(lab, item.holder, item.holder_id, item.label));
      await resource.reload();
    }, [item, lab, model, resource])
  );
  return (
    <tr>
      <th scope="row">
        {item.name}{' '}
        {item.holder !== 'learner' && (
          <span className="nx-tag">{item.holder === 'class' ? trans.__('class') : item.label}</span>
        )}
      </th>
      <td>{inWords(item, item.named, trans).join(' · ')}</td>
      <td>{item.note}</td>
      <td>
        <button type="button" className="nx-link" disabled={lift.busy} onClick={() => void lift.run()}>
          {trans.__('Take away')}
          <span className="nx-sr"> {item.name}</span>
        </button>
        <InlineProblem text={lift.problem} />
      </td>
    </tr>
  );
}

/** Gives a learner or a class other terms, in place of those that they have. */
function Give({
  lab,
  students,
  labels,
  resource
}: OfTerms & { students: GradebookRow[]; labels: ClassLabel[] }) {
  const { model, trans } = useNexus();
  const [holder, setHolder] = useState('');
  const [form, setForm] = useState(EMPTY_FORM);
  const change = changeOf(form);
  const give = useAction(
    useCallback(async () => {
      const [kind, id, label = ''] = holder.split('/');
      if (!change || !id) {
        return;
      }
      await model.api.put(addressOf(lab, kind, id, label), change);
      setForm(EMPTY_FORM);
      await resource.reload();
    }, [change, holder, lab, model, resource])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void give.run();
  };
  return (
    <form onSubmit={submit} className="nx-settings-form">
      <h3>{trans.__('Give other terms')}</h3>
      <HolderSelect holder={holder} students={students} labels={labels} onChange={setHolder} />
      <Fields form={form} onChange={part => setForm(now => ({ ...now, ...part }))} />
      <p className="nx-muted">
        {trans.__(
          'A field that is left empty stays as in the lab. What was handed in late before counts by the new terms.'
        )}
      </p>
      <p className="nx-settings-foot">
        <button type="submit" className="nx-button" disabled={give.busy || !holder || !change}>
          {trans.__('Give these terms')}
        </button>
        <InlineProblem text={give.problem} />
      </p>
    </form>
  );
}

function HolderSelect({
  holder,
  students,
  labels,
  onChange
}: {
  holder: string;
  students: GradebookRow[];
  labels: ClassLabel[];
  onChange: (holder: string) => void;
}) {
  const { trans } = useNexus();
  const { cohorts } = useTeaching();
  return (
    <label>
      {trans.__('For')}
      <select required value={holder} onChange={event => onChange(event.target.value)}>
        <option value="">{trans.__('choose a class, a label or a student')}</option>
        <optgroup label={trans.__('Classes')}>
          <ClassOptions toValue={id => `class/${id}`} />
        </optgroup>
        {labels.length > 0 && (
          <optgroup label={trans.__('Labels')}>
            {labels.map(({ cohort_id, label, students: count }) => (
              <option key={`${cohort_id}/${label}`} value={`label/${cohort_id}/${label}`}>
                {`${cohorts.find(({ id }) => id === cohort_id)?.name ?? ''}: ${label} (${count})`}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label={trans.__('Students')}>
          {students.map(({ user_id, display_name, email }) => (
            <option key={user_id} value={`learner/${user_id}`}>
              {`${display_name} (${email})`}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

function Fields({ form, onChange }: { form: TermsForm; onChange: (part: Partial<TermsForm>) => void }) {
  const { trans } = useNexus();
  return (
    <>
      <TextField
        label={trans.__('Opens')}
        type="datetime-local"
        value={form.opens}
        onChange={opens => onChange({ opens })}
      />
      <TextField
        label={trans.__('Due')}
        type="datetime-local"
        disabled={form.hasNoDeadline}
        value={form.deadline}
        onChange={deadline => onChange({ deadline })}
      />
      <CheckField
        label={trans.__('No deadline')}
        isChecked={form.hasNoDeadline}
        onChange={hasNoDeadline => onChange({ hasNoDeadline })}
      />
      <TextField
        label={trans.__('Extra time in percent')}
        type="number"
        min={0}
        max={300}
        disabled={form.hasNoDeadline}
        value={form.extraTime}
        onChange={extraTime => onChange({ extraTime })}
      />
      <TextField
        label={trans.__('Time limit in minutes (a timed exam)')}
        type="number"
        min={1}
        max={1440}
        disabled={form.hasNoLimit}
        value={form.timeLimit}
        onChange={timeLimit => onChange({ timeLimit })}
      />
      <CheckField
        label={trans.__('No time limit')}
        isChecked={form.hasNoLimit}
        onChange={hasNoLimit => onChange({ hasNoLimit })}
      />
      <TextField
        label={trans.__('Attempts that count')}
        type="number"
        min={1}
        max={10_000}
        disabled={form.anyAttempts}
        value={form.attempts}
        onChange={attempts => onChange({ attempts })}
      />
      <CheckField
        label={trans.__('Any number of attempts')}
        isChecked={form.anyAttempts}
        onChange={anyAttempts => onChange({ anyAttempts })}
      />
      <LateSelect value={form.latePenalty} onChange={latePenalty => onChange({ latePenalty })} />
      <TextField
        label={trans.__('Why (for colleagues)')}
        maxLength={300}
        value={form.note}
        onChange={note => onChange({ note })}
      />
    </>
  );
}

const DAILY_SHARES = ['0.05', '0.1', '0.2', '0.25', '0.5'];

function LateSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { trans } = useNexus();
  return (
    <label>
      {trans.__('Late work')}
      <select value={value} onChange={event => onChange(event.target.value)}>
        <option value="">{trans.__('as in the lab')}</option>
        <option value="none">{trans.__('loses nothing')}</option>
        {DAILY_SHARES.map(share => (
          <option key={share} value={share}>
            {trans.__('loses %1% a day', Math.round(Number(share) * 100))}
          </option>
        ))}
        <option value="zero">{trans.__('earns nothing')}</option>
      </select>
    </label>
  );
}
