import { useNexus } from '../components/context';
import { Meter } from '../components/Meter';
import { checkIcon, crossIcon } from '../icons';
import type { CheckResult } from './checks';
import { checkWord } from './grade-words';

interface Props {
  checking: { done: number; total: number } | null;
  checks: CheckResult[] | null;
}

/** What the visible tests say after Check. */
export function CheckList({ checking, checks }: Props) {
  const { trans } = useNexus();
  if (checking) {
    const share = checking.total ? checking.done / checking.total : 0;
    return (
      <section className="nx-lab-section" aria-label={trans.__('Check')}>
        <p className="nx-muted">
          {trans.__('Running cell %1 of %2…', Math.min(checking.done + 1, checking.total), checking.total)}
        </p>
        <Meter share={share} label={trans.__('Cells run')} />
      </section>
    );
  }
  if (!checks) {
    return null;
  }
  const tests = checks.filter(({ status }) => status !== 'manual');
  const passed = tests.filter(({ status }) => status === 'passed').length;
  return (
    <section className="nx-lab-section" aria-label={trans.__('Check')}>
      <h3>{trans.__('Your check: %1 of %2 tests pass', passed, tests.length)}</h3>
      {checks.length === 0 && <p className="nx-muted">{trans.__('This notebook has no visible tests.')}</p>}
      <ul className="nx-results">
        {checks.map(check => (
          <CheckRow key={check.index} check={check} />
        ))}
      </ul>
      {passed === tests.length && tests.length > 0 && (
        <p className="nx-muted">{trans.__('Looks good. Submit runs more tests, on a fresh kernel.')}</p>
      )}
    </section>
  );
}

function CheckRow({ check }: { check: CheckResult }) {
  const { trans } = useNexus();
  return (
    <li className="nx-result" data-status={check.status}>
      <ResultMark
        good={check.status === 'passed'}
        bad={check.status === 'failed' || check.status === 'error'}
      />
      <span className="nx-result-title">{check.title}</span>
      <span className="nx-muted">
        {checkWord(check.status, trans)} · {trans._n('%1 point', '%1 points', check.points)}
      </span>
      {check.message && <p className="nx-result-message">{check.message}</p>}
    </li>
  );
}

export function ResultMark({ good, bad }: { good: boolean; bad: boolean }) {
  if (!good && !bad) {
    return <span className="nx-mark">·</span>;
  }
  return good ? (
    <checkIcon.react tag="span" className="nx-mark nx-mark-good" />
  ) : (
    <crossIcon.react tag="span" className="nx-mark nx-mark-bad" />
  );
}
