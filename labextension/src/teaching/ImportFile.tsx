import { useCallback, useState } from 'react';
import { base64Of } from '../api/base64';
import type { ImportedStep } from '../api/contract';
import { routes } from '../api/routes';
import { ChooseFile } from '../components/ChooseFile';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { DraftProps } from './draft-parts';

/** Take another tool's file over, and say what became of each part of it. */
export function ImportFile({ draft, changed }: DraftProps) {
  const { model, trans } = useNexus();
  const [steps, setSteps] = useState<ImportedStep[]>([]);
  const send = useAction(
    useCallback(
      async (file: File) => {
        const content = await base64Of(file);
        const outcome = await model.api.post(routes.draftImports(draft.id), { name: file.name, content });
        setSteps(outcome.steps);
        changed(outcome.draft);
      },
      [model, draft.id, changed]
    )
  );
  return (
    <div>
      <div className="nx-filter">
        <ChooseFile
          label={trans.__('Import a file of another tool')}
          accept=".ipynb,.xml,.zip,.imscc,.md,.qmd"
          disabled={send.busy}
          onChoose={file => void send.run(file)}
        />
        <span className="nx-muted">
          {trans.__('Otter, nbgrader, Jupyter Book, Moodle, Canvas, QTI, MyST, Quarto')}
        </span>
      </div>
      <InlineProblem as="p" text={send.problem} />
      <div role="status">
        {steps.map(step => (
          <Imported key={step.slug} step={step} />
        ))}
      </div>
    </div>
  );
}

function Imported({ step }: { step: ImportedStep }) {
  const { trans } = useNexus();
  const words = { kept: trans.__('kept'), changed: trans.__('changed'), left_out: trans.__('left out') };
  const left = step.parts.filter(({ outcome }) => outcome === 'left_out').length;
  return (
    <details className="nx-details">
      <summary>
        {trans.__('Imported: %1', step.title)}{' '}
        {left > 0 && trans._n('(%1 part was left out)', '(%1 parts were left out)', left)}
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Part')}</th>
            <th scope="col">{trans.__('What became of it')}</th>
            <th scope="col">{trans.__('How or why')}</th>
          </tr>
        </thead>
        <tbody>
          {step.parts.map(({ place, outcome, text }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the report does not change
            <tr key={at}>
              <td>{place}</td>
              <td>{words[outcome]}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
