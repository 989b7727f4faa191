import type { Draft, DraftOutcome } from '../api/contract';
import { useNexus } from '../components/context';

/** What the last check or publication came to, with each mistake and its place. */
export function DraftOutcomeView({ outcome, draft }: { outcome: DraftOutcome; draft: Draft }) {
  const { trans } = useNexus();
  const { kind, state, problems = [], message } = outcome;
  const words: Record<string, string> = {
    running: kind === 'publish' ? trans.__('Checking, then publishing…') : trans.__('Checking…'),
    done: kind === 'publish' ? trans.__('Published: students have it now.') : trans.__('Nothing is wrong.'),
    problems:
      kind === 'publish'
        ? trans.__('Nothing was published: mend this first.')
        : trans.__('There are mistakes to mend.'),
    conflict: trans.__('Somebody else has published meanwhile. Nothing was overwritten.'),
    failed: trans.__('It could not be done.')
  };
  return (
    <div role="status">
      <p className="nx-author-fine" data-state={state}>
        <strong>{words[state]}</strong> {message}
      </p>
      {problems.length > 0 && (
        <ul className="nx-content-problems">
          {problems.map(problem => (
            <li key={`${problem.file}:${problem.line}:${problem.message}`} data-severity={problem.severity}>
              <span className="nx-tag">{problem.severity}</span>
              <Place file={problem.file} line={problem.line} cell={problem.cell ?? null} draft={draft} />
              <span>{problem.message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface PlaceProps {
  file: string;
  line: number;
  cell: number | null;
  draft: Draft;
}

function Place({ file, line, cell, draft }: PlaceProps) {
  const { host, trans } = useNexus();
  const path = `${draft.folder}/${file}`;
  const words = cell === null ? `${file}:${line}` : trans.__('%1, cell %2', file, cell + 1);
  return file.endsWith('.ipynb') ? (
    <button type="button" className="nx-link" onClick={() => void host.open({ page: 'notebook', path })}>
      {words}
    </button>
  ) : (
    <code>{words}</code>
  );
}
