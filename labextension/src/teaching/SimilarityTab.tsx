import { useState } from 'react';
import type { Match, NodeSummary, Side, SimilarPair } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { percent } from '../format';
import { CohortSelect, NodeSelect, OfNode, OfRoadmap } from './Filters';
import { matchOfLine } from './similarity';
import { useTeaching } from './view';

const THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9];

/** Pairs of submissions of a lab that are alike, side by side. A reason to look, never a verdict. */
export function SimilarityTab() {
  const { trans } = useNexus();
  const [threshold, setThreshold] = useState(0.6);
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <section>
          <OfNode slug={roadmap.slug} picker={picker} wanted={({ type }) => type === 'lab'}>
            {(lab, labs) => (
              <>
                <div className="nx-filter">
                  {picker}
                  <NodeSelect chosen={lab} nodes={labs} />
                  <CohortSelect />
                  <select
                    aria-label={trans.__('At least this alike')}
                    value={threshold}
                    onChange={event => setThreshold(Number(event.target.value))}
                  >
                    {THRESHOLDS.map(share => (
                      <option key={share} value={share}>
                        {trans.__('at least %1 alike', percent(share))}
                      </option>
                    ))}
                  </select>
                </div>
                <p className="nx-muted">
                  {trans.__(
                    'Renamed variables hide nothing, and what the lab itself gave is left out. Short answers are alike by nature: look before you judge.'
                  )}
                </p>
                <Pairs lab={lab} threshold={threshold} />
              </>
            )}
          </OfNode>
        </section>
      )}
    </OfRoadmap>
  );
}

function Pairs({ lab, threshold }: { lab: NodeSummary; threshold: number }) {
  const { model, trans } = useNexus();
  const { cohortId } = useTeaching().view;
  const key = `${lab.id}/${cohortId}/${threshold}`;
  const resource = useFetched(key, () =>
    model.api.get(routes.similarity(lab.id), {
      threshold,
      cohort_id: cohortId || null
    })
  );
  return (
    <Loaded resource={resource} lines={4}>
      {report => (
        <>
          <p>
            {trans._n('%1 submission was compared.', '%1 submissions were compared.', report.compared)}{' '}
            {report.items.length === 0 && trans.__('No two of them are that alike.')}
          </p>
          <ul className="nx-pairs">
            {report.items.map((pair, place) => (
              <Pair
                key={`${pair.first.submission_id}/${pair.second.submission_id}`}
                pair={pair}
                isOpen={place === 0}
              />
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}

function Pair({ pair, isOpen }: { pair: SimilarPair; isOpen: boolean }) {
  const { trans } = useNexus();
  return (
    <li>
      <details className="nx-disclosure" open={isOpen}>
        <summary>
          <strong>{percent(pair.similarity)}</strong>{' '}
          {trans.__('%1 and %2', pair.first.display_name, pair.second.display_name)}
        </summary>
        <div className="nx-side-by-side">
          <OneSide side={pair.first} matches={pair.matches} isRight={false} />
          <OneSide side={pair.second} matches={pair.matches} isRight={true} />
        </div>
      </details>
    </li>
  );
}

function OneSide({ side, matches, isRight }: { side: Side; matches: Match[]; isRight: boolean }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  return (
    <div>
      <p className="nx-section-head">
        <strong>{side.display_name}</strong>
        <button
          type="button"
          className="nx-link"
          onClick={() => show({ tab: 'submissions', submissionId: side.submission_id })}
        >
          {trans.__('Open the submission')}
        </button>
      </p>
      <ol className="nx-lines" aria-label={trans.__('Answers of %1', side.display_name)}>
        {side.code.split('\n').map((line, at) => {
          const match = matchOfLine(matches, at + 1, isRight);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a stored text never move
            <li key={at} data-match={match === null ? undefined : match % 4}>
              {match !== null && <span className="nx-sr">{trans.__('alike:')} </span>}
              <code>{line || ' '}</code>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
