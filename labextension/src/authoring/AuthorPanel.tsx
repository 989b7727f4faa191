import { useId } from 'react';
import { useNexus } from '../components/context';
import { useEvery, useObservable } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { Observable } from '../model/observable';
import { CellForm } from './CellForm';
import type { AuthorSession } from './session';
import { mistakeWords } from './words';

/** Beside a lab of a draft: what its cells are for, what is wrong, and what students will get. */
export function AuthorPanel({ current }: { current: Observable<{ session: AuthorSession | null }> }) {
  const { trans } = useNexus();
  const { session } = useObservable(current);
  return session ? (
    <Authoring session={session} />
  ) : (
    <p className="nx-empty">
      {trans.__(
        'Open a lab of one of your drafts: what its cells are for is set here. Drafts begin on the teaching page.'
      )}
    </p>
  );
}

function Authoring({ session }: { session: AuthorSession }) {
  const { trans } = useNexus();
  const { cells, active, total, draft, showsRelease, trouble } = useObservable(session.state);
  useEvery(3000, session.isBusy, () => void session.reload());
  return (
    <div className="nx-author">
      <div className="nx-author-head">
        <h2>{draft?.title ?? trans.__('Draft')}</h2>
        <p className="nx-muted" role="status">
          {trans._n('%1 point in this lab', '%1 points in this lab', total)}
        </p>
        <div className="nx-row">
          <button
            type="button"
            className="nx-button"
            data-primary
            disabled={session.isBusy}
            onClick={() => void session.check()}
          >
            {session.isBusy ? trans.__('Checking…') : trans.__('Check this lab')}
          </button>
          <button
            type="button"
            className="nx-button"
            aria-pressed={showsRelease}
            onClick={() => void session.toggleRelease()}
          >
            {trans.__('Student view')}
          </button>
        </div>
        <InlineProblem as="p" text={trouble} />
      </div>
      <Mistakes session={session} />
      <Checked session={session} />
      {cells[active] && <CellForm key={active} session={session} cell={cells[active]} index={active} />}
    </div>
  );
}

/** What is wrong already now, said while its author types. */
function Mistakes({ session }: { session: AuthorSession }) {
  const { trans } = useNexus();
  const id = useId();
  const { mistakes } = useObservable(session.state);
  if (mistakes.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{trans._n('%1 thing to mend', '%1 things to mend', mistakes.length)}</h3>
      <ul className="nx-author-list">
        {mistakes.map(mistake => (
          <li key={`${mistake.code}:${mistake.cell}:${mistake.line}:${mistake.what}`}>
            <CellLink session={session} cell={mistake.cell} />
            {mistakeWords(mistake, trans)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the last check found, which ran the lab's own solution. */
function Checked({ session }: { session: AuthorSession }) {
  const { trans } = useNexus();
  const id = useId();
  const { draft, problems } = useObservable(session.state);
  const outcome = draft?.outcome;
  const step = draft?.steps.find(({ path }) => path === session.notebook.path());
  // What was found of another step says nothing of this one.
  if (!outcome || outcome.state === 'running' || (outcome.step && outcome.step !== step?.slug)) {
    return null;
  }
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{trans.__('The last check')}</h3>
      {outcome.message && <p>{outcome.message}</p>}
      {problems.length === 0 && !outcome.message && (
        <p className="nx-author-fine">{trans.__('Nothing is wrong with this lab.')}</p>
      )}
      <ul className="nx-author-list">
        {problems.map(({ cell, line, message, severity }) => (
          <li key={`${line}:${message}`} data-severity={severity}>
            <CellLink session={session} cell={cell ?? null} />
            {message}
          </li>
        ))}
      </ul>
    </section>
  );
}

function CellLink({ session, cell }: { session: AuthorSession; cell: number | null }) {
  const { trans } = useNexus();
  return cell === null ? null : (
    <button type="button" className="nx-link" onClick={() => session.notebook.select(cell)}>
      {trans.__('Cell %1', cell + 1)}
    </button>
  );
}
