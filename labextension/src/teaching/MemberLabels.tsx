import { type FormEvent, useCallback, useState } from 'react';
import type { Cohort, Member } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { Resource } from '../model/resource';
import { labelsIn } from './terms';

interface Props {
  cohort: Cohort;
  person: Member;
  resource: Resource<Member[]>;
}

/** A student's labels, by which terms may differ: "+25% time" for one. */
export function MemberLabels({ cohort, person, resource }: Props) {
  const { model, trans } = useNexus();
  const [text, setText] = useState<string | null>(null);
  const save = useAction(
    useCallback(
      async (labels: string[]) => {
        await model.api.put(routes.memberLabels(cohort.id, person.user_id), { labels });
        await resource.reload();
        setText(null);
      },
      [cohort.id, model, person.user_id, resource]
    )
  );
  if (text === null) {
    return (
      <>
        {person.labels.join(', ')}{' '}
        <button
          type="button"
          className="nx-link"
          aria-label={trans.__('Change the labels of %1', person.display_name)}
          onClick={() => setText(person.labels.join(', '))}
        >
          {trans.__('Change')}
        </button>
      </>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run(labelsIn(text));
  };
  return (
    <form onSubmit={submit}>
      <input
        className="nx-text"
        aria-label={trans.__('Labels of %1, with commas between them', person.display_name)}
        maxLength={500}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <button type="submit" className="nx-link" disabled={save.busy}>
        {trans.__('Save')}
      </button>
      <InlineProblem text={save.problem} />
    </form>
  );
}
