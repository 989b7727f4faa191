import { moment } from '../format';
import { dueWords } from '../roadmap/due-words';
import { useNexus } from './context';
import { useResource } from './hooks';

/** The labs that have a date, the soonest first; nothing where none has one. */
export function Due() {
  const { host, model, trans } = useNexus();
  const { data: due } = useResource(model.due);
  if (!due?.length) {
    return null;
  }
  const now = new Date();
  return (
    <section aria-labelledby="nx-due-title">
      <h2 id="nx-due-title">{trans.__('What is due')}</h2>
      <ul className="nx-due">
        {due.map(lab => (
          <li key={lab.node_id}>
            {lab.status === 'locked' ? (
              <span>{lab.title}</span>
            ) : (
              <button
                type="button"
                className="nx-link"
                onClick={() => void host.open({ page: 'node', id: lab.node_id })}
              >
                {lab.title}
              </button>
            )}
            <span className="nx-muted">
              {lab.roadmap_title} · <time dateTime={lab.deadline}>{moment(lab.deadline)}</time>,{' '}
              {dueWords(lab, now, trans)}
              {lab.status === 'locked' && `. ${trans.__('Something has to be done before.')}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
