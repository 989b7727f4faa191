import { useCallback, useState } from 'react';
import { base64Of } from '../api/base64';
import type { Gradebook, GradeImport } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { ChooseTable, TableProblems } from '../components/TableFile';
import { percent } from '../format';
import type { Resource } from '../model/resource';
import { useTeaching } from './view';

interface Seen {
  content: string;
  found: GradeImport;
}

/** Scores out of a CSV file: first seen, then written. */
export function GradeFile({ book, resource }: { book: Gradebook; resource: Resource<Gradebook> }) {
  const { model, trans } = useNexus();
  const cohort_id = useTeaching().view.cohortId || null;
  const [seen, setSeen] = useState<Seen | null>(null);
  const [done, setDone] = useState('');
  const look = useAction(
    useCallback(
      async (file: File) => {
        setSeen(null);
        setDone('');
        const content = await base64Of(file);
        const found = await model.api.post(routes.gradeImportPreview(book.roadmap), { content, cohort_id });
        setSeen({ content, found });
      },
      [book.roadmap, cohort_id, model]
    )
  );
  const write = useAction(
    useCallback(
      async ({ content, found }: Seen) => {
        const body = { content, cohort_id, seen: found.seen };
        const { items } = await model.api.post(routes.gradeImport(book.roadmap), body);
        setSeen(null);
        setDone(trans._n('%1 score was written.', '%1 scores were written.', items.length));
        await resource.reload();
      },
      [book.roadmap, cohort_id, model, resource, trans]
    )
  );
  return (
    <section className="nx-grade-box" aria-label={trans.__('Scores from a file')}>
      <p>
        {trans.__(
          'A CSV file with a column id or email, and a column for each step, named as in the download. Scores are shares (0.75) or percentages (75%). An empty cell changes nothing; “earned” lets the earned score count again.'
        )}
      </p>
      <ChooseTable disabled={look.busy || write.busy} onChoose={file => void look.run(file)} />
      <InlineProblem text={look.problem ?? write.problem} />
      {done && <p role="status">{done}</p>}
      {seen && <Preview found={seen.found} busy={write.busy} onWrite={() => void write.run(seen)} />}
    </section>
  );
}

function Preview({ found, busy, onWrite }: { found: GradeImport; busy: boolean; onWrite: () => void }) {
  const { trans } = useNexus();
  const { items, problems, unchanged, ignored, encoding } = found;
  return (
    <>
      <p>
        {trans.__('Read as %1.', encoding)}{' '}
        {trans._n('%1 score would change,', '%1 scores would change,', items.length)}{' '}
        {trans.__('%1 are as they are.', unchanged)}{' '}
        {ignored.length > 0 && trans.__('Not read: %1.', ignored.join(', '))}
      </p>
      <TableProblems problems={problems} />
      <ul>
        {items.map(({ user_id, node_id, display_name, step, before, after }) => (
          <li key={`${user_id}/${node_id}`}>
            {display_name}, {step}: {before === null ? '–' : percent(before)} →{' '}
            {after === null ? trans.__('what was earned') : percent(after)}
          </li>
        ))}
      </ul>
      <p>
        <button
          type="button"
          className="nx-button"
          disabled={busy || problems.length > 0 || items.length === 0}
          onClick={onWrite}
        >
          {trans.__('Write these scores')}
        </button>
      </p>
    </>
  );
}
