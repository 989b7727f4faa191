import { type ReactNode, useCallback, useState } from 'react';
import type { NodeSummary, Submission, TaughtSubmission, TaughtSubmissionList } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useFetched, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { TableBox } from '../components/TableBox';
import { ago, moment, points } from '../format';
import { submissionWord } from '../lab/grade-words';
import { isOpen } from '../lab/state';
import { CohortSelect, OfNode, OfRoadmap } from './Filters';
import { RegradePreview } from './RegradePreview';
import { SubmissionPage } from './SubmissionPage';
import { useTeaching } from './view';

const LOOK_AGAIN_MS = 2_000;
const PER_PAGE = 50;

type Only = '' | 'needs_manual' | Submission['status'];

/** What students handed in for the labs of a roadmap, newest first; one of them in full. */
export function SubmissionsTab() {
  const { view, show } = useTeaching();
  if (view.submissionId) {
    return (
      <SubmissionPage
        key={view.submissionId}
        id={view.submissionId}
        onBack={() => show({ submissionId: '' })}
      />
    );
  }
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <section>
          <OfNode slug={roadmap.slug} picker={picker} wanted={({ type }) => type === 'lab'}>
            {(_, labs) => <OfLabs labs={labs}>{picker}</OfLabs>}
          </OfNode>
        </section>
      )}
    </OfRoadmap>
  );
}

function OfLabs({ labs, children }: { labs: NodeSummary[]; children: ReactNode }) {
  const { trans } = useNexus();
  const { view, show } = useTeaching();
  const [only, setOnly] = useState<Only>('');
  const lab = labs.find(({ id }) => id === view.nodeId) ?? null;
  return (
    <>
      <div className="nx-filter">
        {children}
        <select
          aria-label={trans.__('Lab')}
          value={lab?.id ?? ''}
          onChange={event => show({ nodeId: event.target.value })}
        >
          <option value="">{trans.__('All labs of all roadmaps')}</option>
          {labs.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
        <CohortSelect />
        <select
          aria-label={trans.__('State')}
          value={only}
          onChange={event => setOnly(event.target.value as Only)}
        >
          <option value="">{trans.__('In any state')}</option>
          <option value="needs_manual">{trans.__('Waiting for a person’s grade')}</option>
          <option value="queued">{submissionWord('queued', trans)}</option>
          <option value="graded">{submissionWord('graded', trans)}</option>
          <option value="failed">{submissionWord('failed', trans)}</option>
        </select>
        {view.userId && (
          <button type="button" className="nx-link" onClick={() => show({ userId: '' })}>
            {trans.__('One student only: show everybody')}
          </button>
        )}
      </div>
      <List key={`${lab?.id}/${view.cohortId}/${view.userId}/${only}`} labs={labs} lab={lab} only={only} />
    </>
  );
}

function List({ labs, lab, only }: { labs: NodeSummary[]; lab: NodeSummary | null; only: Only }) {
  const { model, trans } = useNexus();
  const { view } = useTeaching();
  const [pages, setPages] = useState(1);
  const resource = useFetched(`pages:${pages}`, async () => {
    const found: TaughtSubmissionList = { items: [], next: null };
    for (let page = 0; page < pages && (page === 0 || found.next); page++) {
      const next = await model.api.get(routes.taughtSubmissions, {
        node_id: lab?.id,
        cohort_id: view.cohortId || null,
        user_id: view.userId || null,
        needs_manual: only === 'needs_manual' ? true : null,
        status: only === 'needs_manual' ? null : only || null,
        cursor: found.next,
        limit: PER_PAGE
      });
      found.items.push(...next.items);
      found.next = next.next;
    }
    return found;
  });
  const { data } = useResource(resource);
  useEvery(LOOK_AGAIN_MS, data?.items.some(isOpen) ?? false, () => void resource.reload());
  return (
    <>
      {lab && <RegradeAll lab={lab} reload={() => resource.reload()} />}
      {lab && <RegradePreview lab={lab} cohortId={view.cohortId || null} />}
      <Loaded
        resource={resource}
        lines={6}
        empty={{ when: ({ items }) => items.length === 0, text: trans.__('Nothing was handed in here.') }}
      >
        {({ items, next }) => (
          <>
            <Table items={items} labs={labs} />
            {next && (
              <button type="button" className="nx-button" onClick={() => setPages(pages + 1)}>
                {trans.__('Show more')}
              </button>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Table({ items, labs }: { items: TaughtSubmission[]; labs: NodeSummary[] }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  const titles = new Map(labs.map(({ id, title }) => [id, title]));
  return (
    <TableBox label={trans.__('Submissions')}>
      <table className="nx-table nx-table-wide">
        <thead>
          <tr>
            <th scope="col">{trans.__('Student')}</th>
            <th scope="col">{trans.__('Lab')}</th>
            <th scope="col">{trans.__('Attempt')}</th>
            <th scope="col">{trans.__('Received')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col">{trans.__('Points')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(one => (
            <tr key={one.id}>
              <th scope="row">
                <button
                  type="button"
                  className="nx-link"
                  aria-label={trans.__('Look at attempt %1 of %2', one.attempt, one.display_name)}
                  onClick={() => show({ submissionId: one.id })}
                >
                  {one.display_name}
                </button>
              </th>
              <td title={titles.get(one.node_id)}>
                {titles.get(one.node_id) ?? trans.__('another roadmap')}
              </td>
              <td>{one.attempt}</td>
              <td title={moment(one.received_at)}>{ago(one.received_at, new Date())}</td>
              <td>
                <span className="nx-tag nx-state" data-state={one.needs_manual ? 'manual' : one.status}>
                  {one.needs_manual ? trans.__('needs you') : submissionWord(one.status, trans)}
                </span>
              </td>
              <td>{one.score === null ? '–' : `${points(one.score)} / ${points(one.max_score ?? 0)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** Grade a whole lab again, after asking: it may take a while and change everybody's grade. */
function RegradeAll({ lab, reload }: { lab: NodeSummary; reload: () => Promise<void> }) {
  const { host, model, trans } = useNexus();
  const regrade = useAction(
    useCallback(
      async (onlyChanged: boolean) => {
        const agrees = await host.confirm({
          title: trans.__('Grade “%1” again?', lab.title),
          text: onlyChanged
            ? trans.__(
                'Everything that other tests than today’s graded is queued. Old grades are kept in the history.'
              )
            : trans.__('Every submission of this lab is queued. Old grades are kept in the history.'),
          yes: trans.__('Grade again')
        });
        if (!agrees) {
          return;
        }
        const { queued } = await model.api.post(routes.regradeNode(lab.id), {
          only_changed: onlyChanged
        });
        host.tell({
          kind: 'info',
          text: trans._n('%1 submission is graded again.', '%1 submissions are graded again.', queued),
          lastsMs: 5000
        });
        await reload();
      },
      [host, lab, model, reload, trans]
    )
  );
  return (
    <div className="nx-filter">
      <button
        type="button"
        className="nx-button"
        disabled={regrade.busy}
        onClick={() => void regrade.run(false)}
      >
        {trans.__('Grade all again')}
      </button>
      <button
        type="button"
        className="nx-button"
        disabled={regrade.busy}
        onClick={() => void regrade.run(true)}
      >
        {trans.__('Grade again what other tests graded')}
      </button>
      <InlineProblem text={regrade.problem} />
    </div>
  );
}
