import { useCallback, useState } from 'react';
import type { Run } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { RunView } from '../playground/RunView';

/** Below a block of code in a note: copy it, and run it where it stands. */
export function CodeTools({ code }: { code: string }) {
  const { model, trans } = useNexus();
  const [run, setRun] = useState<Run | null>(null);
  const [copied, setCopied] = useState(false);
  const action = useAction(
    useCallback(async () => {
      setRun(null);
      setRun(await model.api.post(routes.runs, { language: 'python', code }));
    }, [code, model])
  );
  const copy = useAction(
    useCallback(async () => {
      await navigator.clipboard.writeText(code);
      setCopied(true);
    }, [code])
  );
  return (
    <div className="nx-code-tools">
      <p>
        <button type="button" className="nx-button" disabled={action.busy} onClick={() => void action.run()}>
          {action.busy ? trans.__('Running…') : trans.__('Run')}
        </button>
        <button type="button" className="nx-button" onClick={() => void copy.run()}>
          {copied ? trans.__('Copied') : trans.__('Copy')}
        </button>
        <InlineProblem text={action.problem ?? copy.problem} />
      </p>
      <div aria-live="polite">{run && <RunView run={run} />}</div>
    </div>
  );
}
