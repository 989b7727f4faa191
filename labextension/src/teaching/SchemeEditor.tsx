import { type FormEvent, useCallback, useState } from 'react';
import type { Gradebook, GradebookNode, GradingCategory, GradingScheme } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useReloading } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { Resource } from '../model/resource';
import { CheckField, TextField } from './fields';
import { useTeaching } from './view';

/** Says which categories a class's final grade has, what they weigh, and which step is in which. */
export function SchemeEditor({ book, resource }: { book: Gradebook; resource: Resource<Gradebook> }) {
  const { trans } = useNexus();
  const { cohortId } = useTeaching().view;
  return cohortId ? (
    <Editor book={book} resource={resource} cohortId={cohortId} />
  ) : (
    <p className="nx-empty">{trans.__('Choose a class: each has its own way.')}</p>
  );
}

function Editor({
  book,
  resource,
  cohortId
}: {
  book: Gradebook;
  resource: Resource<Gradebook>;
  cohortId: string;
}) {
  const { model, trans } = useNexus();
  const [scheme, setScheme] = useState<GradingScheme>(book.scheme);
  const change = useReloading(useCallback(() => resource.reload(), [resource]));
  const address = routes.gradingScheme(cohortId, book.roadmap);
  const setCategory = (at: number, part: Partial<GradingCategory>) =>
    setScheme(now => ({
      ...now,
      categories: now.categories.map((each, place) => (place === at ? { ...each, ...part } : each))
    }));
  const add = () =>
    setScheme(now => ({
      ...now,
      categories: [...now.categories, { name: '', weight: '0', drop_lowest: 0, steps: [] }]
    }));
  const remove = (at: number) =>
    setScheme(now => ({ ...now, categories: now.categories.filter((_, place) => place !== at) }));
  const save = (event: FormEvent) => {
    event.preventDefault();
    void change.run(() => model.api.put(address, scheme));
  };
  return (
    <form onSubmit={save} className="nx-settings-form" aria-label={trans.__('How grades come about')}>
      {scheme.categories.map((category, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a category's name changes as one types
        <fieldset key={at} className="nx-filter">
          <legend>{trans.__('Category %1', at + 1)}</legend>
          <TextField
            label={trans.__('Name')}
            required
            maxLength={60}
            value={category.name}
            onChange={name => setCategory(at, { name })}
          />
          <TextField
            label={trans.__('Weight')}
            type="number"
            required
            min={0}
            max={1000}
            step="0.01"
            value={category.weight}
            onChange={weight => setCategory(at, { weight })}
          />
          <TextField
            label={trans.__('Steps dropped')}
            type="number"
            min={0}
            max={100}
            value={String(category.drop_lowest)}
            onChange={count => setCategory(at, { drop_lowest: Number(count) })}
          />
          {scheme.categories.length > 1 && (
            <button type="button" className="nx-link" onClick={() => remove(at)}>
              {trans.__('Remove')}
              <span className="nx-sr"> {category.name}</span>
            </button>
          )}
        </fieldset>
      ))}
      <p>
        <button type="button" className="nx-link" onClick={add}>
          {trans.__('Add a category')}
        </button>
      </p>
      <Places scheme={scheme} nodes={book.nodes} onChange={setScheme} />
      <CheckField
        label={trans.__('What is missing counts as zero')}
        isChecked={scheme.missing === 'zero'}
        onChange={isZero => setScheme(now => ({ ...now, missing: isZero ? 'zero' : 'left_out' }))}
      />
      <p className="nx-settings-foot">
        <button type="submit" className="nx-button" disabled={change.busy}>
          {trans.__('Grade like this')}
        </button>
        {book.is_own_scheme && (
          <button
            type="button"
            className="nx-link"
            disabled={change.busy}
            onClick={() => void change.run(() => model.api.delete(address))}
          >
            {trans.__('Every step by its points again')}
          </button>
        )}
        <InlineProblem text={change.problem} />
      </p>
    </form>
  );
}

/** In which category each step is. */
function Places({
  scheme,
  nodes,
  onChange
}: {
  scheme: GradingScheme;
  nodes: GradebookNode[];
  onChange: (scheme: GradingScheme) => void;
}) {
  const { trans } = useNexus();
  const put = (slug: string, place: number) =>
    onChange({
      ...scheme,
      categories: scheme.categories.map((category, at) => {
        const others = category.steps.filter(step => step !== slug);
        return { ...category, steps: at === place ? [...others, slug] : others };
      })
    });
  return (
    <fieldset className="nx-scheme-steps">
      <legend>{trans.__('Steps')}</legend>
      {nodes.map(({ slug, title, points }) => (
        <label key={slug}>
          <span>
            {title} <span className="nx-muted">{trans._n('%1 point', '%1 points', points)}</span>
          </span>
          <select
            value={scheme.categories.findIndex(({ steps }) => steps.includes(slug))}
            onChange={event => put(slug, Number(event.target.value))}
          >
            <option value={-1}>{trans.__('does not count')}</option>
            {scheme.categories.map(({ name }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a category's name changes as one types
              <option key={at} value={at}>
                {name || trans.__('Category %1', at + 1)}
              </option>
            ))}
          </select>
        </label>
      ))}
    </fieldset>
  );
}
