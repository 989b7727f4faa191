import { useCallback, useState } from 'react';
import type { Gradebook } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useFetched } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { moment } from '../format';
import type { Resource } from '../model/resource';
import { GradeFile } from './GradeFile';
import { formula } from './gradebook';
import { SchemeEditor } from './SchemeEditor';
import { useTeaching } from './view';

interface OfBook {
  book: Gradebook;
  resource: Resource<Gradebook>;
}

type Tool = 'scheme' | 'file' | 'changes';

/** What can be done with a gradebook: its formula, files out and in, and what changed since the last one. */
export function GradebookTools({ book, resource }: OfBook) {
  const { trans } = useNexus();
  const [open, setOpen] = useState<Tool | null>(null);
  const tools: [Tool, string][] = [
    ['scheme', trans.__('How grades come about')],
    ['file', trans.__('Read scores from a file')],
    ['changes', trans.__('What changed')]
  ];
  return (
    <>
      <p>{formula(book.scheme, trans).join(' ')}</p>
      <div className="nx-filter">
        {tools.map(([tool, name]) => (
          <button
            key={tool}
            type="button"
            className="nx-button"
            aria-expanded={open === tool}
            onClick={() => setOpen(now => (now === tool ? null : tool))}
          >
            {name}
          </button>
        ))}
        <Download book={book} />
      </div>
      {open === 'scheme' && <SchemeEditor book={book} resource={resource} />}
      {open === 'file' && <GradeFile book={book} resource={resource} />}
      {open === 'changes' && <Changes book={book} />}
    </>
  );
}

/** Takes the gradebook out; the server remembers what was taken. */
function Download({ book }: { book: Gradebook }) {
  const { model, trans } = useNexus();
  const { cohortId } = useTeaching().view;
  const take = useAction(
    useCallback(async () => {
      const address = routes.gradebookExport(book.roadmap);
      save(await model.api.postForFile(address, { cohort_id: cohortId || null }), `${book.roadmap}.csv`);
    }, [book.roadmap, cohortId, model])
  );
  return (
    <>
      <button
        type="button"
        className="nx-link nx-filter-end"
        disabled={take.busy}
        onClick={() => void take.run()}
      >
        {trans.__('Download as CSV')}
      </button>
      <InlineProblem text={take.problem} />
    </>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // the browser reads it after the click
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Changes({ book }: { book: Gradebook }) {
  const { model, trans } = useNexus();
  const { cohortId } = useTeaching().view;
  const changes = useFetched(`${book.roadmap}/${cohortId}`, () =>
    model.api.get(routes.gradebookChanges(book.roadmap), { cohort_id: cohortId || null })
  );
  const titles = new Map(book.nodes.map(({ slug, title }) => [slug, title]));
  return (
    <Loaded resource={changes}>
      {({ exported_at, items, joined, left }) => (
        <section className="nx-grade-box" aria-label={trans.__('What changed')}>
          <p>{trans.__('Since you took the gradebook out on %1:', moment(exported_at))}</p>
          {items.length + joined.length + left.length === 0 && <p>{trans.__('Nothing.')}</p>}
          {joined.length > 0 && <p>{trans.__('New: %1', joined.join(', '))}</p>}
          {left.length > 0 && <p>{trans.__('Gone: %1', left.join(', '))}</p>}
          <ul>
            {items.map(({ user_id, display_name, column, before, after }) => (
              <li key={`${user_id}/${column}`}>
                {display_name},{' '}
                {column === 'final' ? trans.__('final grade') : (titles.get(column) ?? column)}:{' '}
                {before || '–'} → {after || '–'}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Loaded>
  );
}
