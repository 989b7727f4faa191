import { useCallback, useEffect, useRef, useState } from 'react';
import type { NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { points } from '../format';
import { changes, collect, type PreviewState } from './regrade-preview';

/** Whose points a repaired test would change, before anything counts. */
export function RegradePreview({ lab, cohortId }: { lab: NodeSummary; cohortId: string | null }) {
  const { model, trans } = useNexus();
  const [state, setState] = useState<PreviewState | null>(null);
  const isStopped = useRef(false);
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    []
  );
  const preview = useAction(
    useCallback(async () => {
      isStopped.current = false;
      setState(null);
      const ask = (cursor: string | null) =>
        model.api.get(routes.regradePreview(lab.id), { cohort_id: cohortId, cursor });
      await collect(ask, setState, () => isStopped.current);
    }, [lab, cohortId, model])
  );
  return (
    <section aria-label={trans.__('What today’s tests would change')}>
      <button type="button" className="nx-button" disabled={preview.busy} onClick={() => void preview.run()}>
        {trans.__('See whose points today’s tests would change')}
      </button>
      {preview.busy && (
        <button
          type="button"
          className="nx-link"
          onClick={() => {
            isStopped.current = true;
          }}
        >
          {trans.__('Stop')}
        </button>
      )}
      <InlineProblem text={preview.problem} />
      {state && <Outcomes state={state} />}
    </section>
  );
}

function Outcomes({ state }: { state: PreviewState }) {
  const { trans } = useNexus();
  const changed = changes(state.outcomes);
  const progress = state.isDone
    ? trans.__('%1 submissions were graded with today’s tests. Nothing was written.', state.outcomes.length)
    : trans.__('%1 submissions were graded, %2 are left.', state.outcomes.length, state.left);
  return (
    <>
      <p role="status">{progress}</p>
      {state.isDone && changed.length === 0 && <p>{trans.__('Nobody’s points would change.')}</p>}
      {changed.length > 0 && (
        <table className="nx-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Student')}</th>
              <th scope="col">{trans.__('Attempt')}</th>
              <th scope="col">{trans.__('Points now')}</th>
              <th scope="col">{trans.__('Points then')}</th>
            </tr>
          </thead>
          <tbody>
            {changed.map(one => (
              <tr key={one.submission_id}>
                <th scope="row">{one.display_name}</th>
                <td>{one.attempt}</td>
                <td>{points(one.before)}</td>
                <td>{one.after === null ? one.reason : `${points(one.after)} / ${points(one.max_score)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
