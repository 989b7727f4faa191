import { useCallback, useState } from 'react';
import type { CodeResult } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { CodeInput } from '../playground/CodeInput';
import type { CodeTask } from './session';

interface Props {
  task: CodeTask;
  /** called with what the test said of each try */
  onAnswer: (isRight: boolean) => void;
  /** what leads on: offered as the main thing once the test passes */
  onGoOn: () => void;
  goOnLabel: string;
}

/** A short code task: written here, run in a container of its own, judged by the test that stands below it. */
export function CodeTaskView({ task, onAnswer, onGoOn, goOnLabel }: Props) {
  const { model, trans } = useNexus();
  const { node, code } = task;
  const [text, setText] = useState(code.code);
  const [result, setResult] = useState<CodeResult | null>(null);
  const send = useCallback(
    async (answer: string) => {
      const body = { node_id: node.id, item: code.item, code: answer };
      const found = await model.api.post(routes.practiceCode, body);
      setResult(found);
      onAnswer(found.correct);
    },
    [model, node.id, code.item, onAnswer]
  );
  const action = useAction(send);
  const run = () => {
    if (!action.busy) {
      void action.run(text);
    }
  };
  const isDone = result?.correct ?? false;
  return (
    <section className="nx-practice-code" aria-label={trans.__('A short code task')}>
      <p className="nx-muted">{trans.__('About “%1”', task.concept)}</p>
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
      <p className="nx-quiz-foot">
        <button
          type="button"
          className="nx-button"
          data-primary={!isDone}
          disabled={action.busy}
          onClick={run}
        >
          {action.busy ? trans.__('Running…') : trans.__('Run the test')}
        </button>
        {result ? (
          <button type="button" className="nx-button" data-primary={isDone} onClick={onGoOn}>
            {goOnLabel}
          </button>
        ) : (
          <button type="button" className="nx-link" onClick={onGoOn}>
            {trans.__('Pass over')}
          </button>
        )}
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
