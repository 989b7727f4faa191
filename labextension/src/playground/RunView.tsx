import type { Run } from '../api/contract';
import { withoutColours } from '../api/playground';
import { useNexus } from '../components/context';
import { Markdown } from '../components/Markdown';
import { reachByKeyboard } from '../components/scrolling';

/** What a run said, how it ended, and what to do about that. */
export function RunView({ run }: { run: Run }) {
  const { trans } = useNexus();
  const seconds = (run.duration_ms / 1000).toFixed(2);
  const silent = !run.stdout && !run.stderr && run.result === null && run.status === 'ok';
  return (
    <section
      ref={element => element && reachByKeyboard(element)}
      className="nx-run"
      aria-label={trans.__('Output')}
    >
      {run.stdout && <pre>{run.stdout}</pre>}
      {run.stderr && <pre data-kind="stderr">{withoutColours(run.stderr)}</pre>}
      {run.result !== null && <pre>{run.result}</pre>}
      {run.error && (
        <pre data-kind="stderr">
          {withoutColours(run.error.traceback.join('\n')) || `${run.error.ename}: ${run.error.evalue}`}
        </pre>
      )}
      {silent && <p className="nx-muted">{trans.__('The program said nothing.')}</p>}
      {run.truncated && <p className="nx-muted">{trans.__('The output was long, and is cut.')}</p>}
      {run.hint && (
        <article className="nx-hint">
          <Markdown text={run.hint.text} />
        </article>
      )}
      <p className="nx-muted">
        {run.status === 'killed'
          ? trans.__('Stopped after %1 s', seconds)
          : trans.__('Ended after %1 s', seconds)}
      </p>
    </section>
  );
}
