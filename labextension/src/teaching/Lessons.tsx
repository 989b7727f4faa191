import { type FormEvent, useCallback, useState } from 'react';
import type { AnnouncedLesson, Cohort, NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { moment } from '../format';
import type { Resource } from '../model/resource';
import { OfChosenLab } from './Filters';

interface OfClass {
  cohort: Cohort;
  lessons: Resource<AnnouncedLesson[]>;
}

/** The lessons that a class has to come: kernels are ready when it begins. */
export function Lessons({ cohort }: { cohort: Cohort }) {
  const { model, trans } = useNexus();
  const lessons = useFetched(cohort.id, () =>
    model.api.get(routes.lessons(cohort.id)).then(({ items }) => items)
  );
  return (
    <>
      <h3>{trans.__('Lessons to come')}</h3>
      <p className="nx-muted">
        {trans.__(
          'Say when the class begins a lab together: ten minutes before, a kernel is made ready for each student.'
        )}
      </p>
      <Loaded resource={lessons} lines={1}>
        {items => (
          <ul>
            {items.map(lesson => (
              <li key={lesson.id}>
                {moment(lesson.starts_at)}: {lesson.title} ({lesson.roadmap}){' '}
                <Withdraw cohort={cohort} lessons={lessons} lesson={lesson} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <OfChosenLab>{lab => <Announce cohort={cohort} lessons={lessons} lab={lab} />}</OfChosenLab>
    </>
  );
}

function Withdraw({ cohort, lessons, lesson }: OfClass & { lesson: AnnouncedLesson }) {
  const { model, trans } = useNexus();
  const withdraw = useAction(
    useCallback(async () => {
      await model.api.delete(routes.lesson(cohort.id, lesson.id));
      await lessons.reload();
    }, [cohort.id, lesson.id, lessons, model])
  );
  return (
    <>
      <button type="button" className="nx-link" disabled={withdraw.busy} onClick={() => void withdraw.run()}>
        {trans.__('Withdraw')}
        <span className="nx-sr"> {lesson.title}</span>
      </button>
      <InlineProblem text={withdraw.problem} />
    </>
  );
}

function Announce({ cohort, lessons, lab }: OfClass & { lab: NodeSummary }) {
  const { model, trans } = useNexus();
  const [begin, setBegin] = useState('');
  const announce = useAction(
    useCallback(async () => {
      // The field has the browser's own time; the server wants the zone with it.
      const starts_at = new Date(begin).toISOString();
      await model.api.post(routes.lessons(cohort.id), { node_id: lab.id, starts_at });
      setBegin('');
      await lessons.reload();
    }, [begin, cohort.id, lab.id, lessons, model])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void announce.run();
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <input
        className="nx-text"
        type="datetime-local"
        required
        aria-label={trans.__('When the class begins')}
        value={begin}
        onChange={event => setBegin(event.target.value)}
      />
      <button type="submit" className="nx-button" disabled={announce.busy || !begin}>
        {trans.__('Announce the lesson')}
      </button>
      <InlineProblem text={announce.problem} />
    </form>
  );
}
