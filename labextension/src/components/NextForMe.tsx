import { nextIcon } from '../icons';
import { useNexus } from './context';
import { useResource } from './hooks';

/** What to do next and why, and practice; the order of the roadmaps stays beside it. */
export function NextForMe() {
  const { host, model, trans } = useNexus();
  const { data: advice } = useResource(model.next);
  return (
    <section aria-labelledby="nx-next-title">
      <h2 id="nx-next-title">{trans.__('Next for you')}</h2>
      <div className="nx-next">
        {advice ? (
          <p>
            <button
              type="button"
              className="nx-link"
              onClick={() => void host.open({ page: 'node', id: advice.node.id })}
            >
              {advice.node.title}
            </button>{' '}
            <span className="nx-next-reason">{advice.reason}</span>
          </p>
        ) : (
          <p className="nx-next-reason">
            {advice === null ? trans.__('Everything that is open to you is done.') : '\u00a0'}
          </p>
        )}
        <button type="button" className="nx-button" onClick={() => void host.open({ page: 'practice' })}>
          {trans.__('Practise for ten minutes')} <nextIcon.react tag="span" />
        </button>
      </div>
    </section>
  );
}
