import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import type { FirstHint } from '../api/contract';
import { useNexus } from '../components/context';
import { useAction, useEvery } from '../components/hooks';
import { Markdown } from '../components/Markdown';
import { bulbIcon, thumbDownIcon, thumbUpIcon } from '../icons';
import type { LabSession } from './session';
import type { ShownHint } from './state';

/** The hints for the error at hand, from the gentlest to the most telling. */
export function HintCards({ session }: { session: LabSession }) {
  const { trans } = useNexus();
  const { hints, first, asking, draft } = useSyncExternalStore(session.subscribe, session.snapshot);
  const last = hints[hints.length - 1];
  if (!last && !first && draft === null) {
    return null;
  }
  return (
    <section className="nx-lab-section" aria-label={trans.__('Hints')}>
      {first && hints[0]?.level !== 1 && <FirstCard first={first} />}
      {hints.map(hint => (
        <HintCard key={hint.id} hint={hint} session={session} />
      ))}
      {draft !== null && (
        <article className="nx-hint" aria-busy="true">
          <Markdown text={draft} />
        </article>
      )}
      {last && <HintFoot last={last} asking={asking} session={session} />}
      {first && !last && draft === null && (
        <p className="nx-hint-foot">
          <button
            type="button"
            className="nx-button"
            disabled={asking}
            onClick={() => void session.hints.ask()}
          >
            {asking ? trans.__('Thinking…') : trans.__('More help')}
          </button>
        </p>
      )}
    </section>
  );
}

/** What nobody asked for: it cannot be rated, and it counts for nothing. */
function FirstCard({ first }: { first: FirstHint }) {
  return (
    <article className="nx-hint">
      <header>
        <bulbIcon.react tag="span" />
        <strong>{first.concept}</strong>
        <span className="nx-muted">
          {first.level} / {first.max_level}
        </span>
      </header>
      <Markdown text={first.text} />
    </article>
  );
}

function HintFoot({ last, asking, session }: { last: ShownHint; asking: boolean; session: LabSession }) {
  const { trans } = useNexus();
  const [isOpen, seconds] = useOpening(last);
  return (
    <>
      {last.notice && NOTICES.includes(last.notice) && (
        <p className="nx-muted">
          {last.notice === 'budget_used'
            ? trans.__('Today’s budget for the language model is used up, so the rules answer.')
            : trans.__('The language model does not answer just now, so the rules do.')}
        </p>
      )}
      <p className="nx-hint-foot">
        {last.level < last.max_level && (
          <button
            type="button"
            className="nx-button"
            disabled={asking || !isOpen}
            onClick={() => void session.hints.askForMore(last)}
          >
            {asking ? trans.__('Thinking…') : trans.__('More help')}
          </button>
        )}
        {last.remaining_today !== null && (
          <span className="nx-muted">
            {trans._n('%1 hint left today', '%1 hints left today', last.remaining_today)}
          </span>
        )}
      </p>
      {!isOpen && (
        <p className="nx-muted">
          {trans.__('The next level opens in %1 s, or as soon as you change the cell and run it.', seconds)}
        </p>
      )}
      <p className="nx-muted">{trans.__('Hints are there to be used: they do not lower your grade.')}</p>
    </>
  );
}

/** reasons of which a learner is told */
const NOTICES = ['budget_used', 'model_unavailable', 'answer_cut'];
const SECOND = 1_000;

/** Whether the next level is open, and how many seconds are left until then, by the learner's own clock. */
function useOpening({ id, next_level_in_s: wait }: ShownHint): [boolean, number] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same hint again begins to wait anew
  const opensAt = useMemo(() => Date.now() + wait * SECOND, [id, wait]);
  const [now, setNow] = useState(() => Date.now());
  const left = wait > 0 ? Math.max(0, Math.ceil((opensAt - now) / SECOND)) : 0;
  useEvery(SECOND, left > 0, () => setNow(Date.now()));
  return [left === 0, left];
}

function HintCard({ hint, session }: { hint: ShownHint; session: LabSession }) {
  const { trans } = useNexus();
  const rate = useAction(
    useCallback((helpful: boolean) => session.hints.rate(hint, helpful), [hint, session])
  );
  return (
    <article className="nx-hint">
      <header>
        <bulbIcon.react tag="span" />
        <strong>{hint.concept || trans.__('Hint')}</strong>
        <span className="nx-muted">
          {hint.level} / {hint.max_level}
        </span>
      </header>
      <Markdown text={hint.text} />
      {hint.question && hint.level < hint.max_level && (
        <p className="nx-muted">
          {trans.__('To think about:')} {hint.question}
        </p>
      )}
      <footer>
        {hint.rated === null ? (
          <>
            <span className="nx-muted">{trans.__('Did this help?')}</span>
            <button
              type="button"
              className="nx-icon-button"
              aria-label={trans.__('Yes, it helped')}
              disabled={rate.busy}
              onClick={() => void rate.run(true)}
            >
              <thumbUpIcon.react tag="span" />
            </button>
            <button
              type="button"
              className="nx-icon-button"
              aria-label={trans.__('No, it did not help')}
              disabled={rate.busy}
              onClick={() => void rate.run(false)}
            >
              <thumbDownIcon.react tag="span" />
            </button>
          </>
        ) : (
          <span className="nx-muted">{trans.__('Thank you.')}</span>
        )}
        {rate.problem && <span className="nx-inline-problem">{rate.problem}</span>}
      </footer>
    </article>
  );
}
