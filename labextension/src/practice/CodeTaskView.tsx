import { useCallback, useState } from 'react';
import type { CodeResult, PracticeTask } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { CodeInput } from '../playground/CodeInput';

interface Props {
  task: PracticeTask;
  code: NonNullable<PracticeTask['code']>;
}

/** A short code task: written here, run in a container of its own, judged by the test that stands below it. */
export function CodeTaskView({ task, code }: Props) {
  const { model, trans } = useNexus();
  const [text, setText] = useState(code.code);
  const [result, setResult] = useState<CodeResult | null>(null);
  const send = useCallback(
    async (answer: string) => {
      const body = { node_id: task.node.id, item: code.item, code: answer };
      setResult(await model.api.post(routes.practiceCode, body));
      await model.concepts.refresh();
    },
    [model, task.node.id, code.item]
  );
  const action = useAction(send);
  const run = () => {
    if (!action.busy) {
      void action.run(text);
    }
  };
  return (
    <section className="nx-practice-code" aria-label={trans.__('A short code task')}>
      <p className="nx-muted">{trans.__('And three minutes of code, for “%1”:', task.concept)}</p>
      <Html html={code.prompt_html} />
      <CodeInput
        label={trans.__('Your code')}
        language={code.kernel_name === 'nexus-javascript' ? 'javascript' : 'python'}
        code={text}
        onChange={setText}
        onRun={run}
      />
      <details>
        <summary>{trans.__('The test that it has to pass')}</summary>
        <pre>{code.test}</pre>
      </details>
      <p>
        <button type="button" className="nx-button" data-primary="true" disabled={action.busy} onClick={run}>
          {action.busy ? trans.__('Running…') : trans.__('Run the test')}
        </button>
      </p>
      <InlineProblem as="p" text={action.problem} />
      <div aria-live="polite">{result && <Outcome result={result} />}</div>
    </section>
  );
}

function Outcome({ result }: { result: CodeResult }) {
  const { trans } = useNexus();
  return (
    <>
      <p>
        <strong>{result.correct ? trans.__('The test passes.') : trans.__('Not yet.')}</strong>{' '}
        {result.message}
      </p>
      {result.stdout && <pre>{result.stdout}</pre>}
    </>
  );
}
