import { type FormEvent, useCallback, useState } from 'react';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { OfCohort } from './view';

/** a year in which every date keeps its weekday */
const YEAR_DAYS = 364;
const MAX_DAYS = 3_660;

/** The class once more, for the next term: taught the same way, without its students. */
export function CopyClass({ cohort, reload }: OfCohort) {
  const { model, trans } = useNexus();
  const [name, setName] = useState('');
  const [days, setDays] = useState(YEAR_DAYS);
  const [made, setMade] = useState('');
  const copy = useAction(
    useCallback(async () => {
      const copied = await model.api.post(routes.classCopies(cohort.id), {
        name: name.trim(),
        shift_days: days
      });
      await reload();
      setMade(copied.name);
      setName('');
    }, [cohort.id, days, model, name, reload])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void copy.run();
  };
  return (
    <>
      <h3>{trans.__('For the next term')}</h3>
      <p className="nx-muted">
        {trans.__(
          'A copy has the same people who teach, settings, deadlines, schemes, rubrics and tutor policies. Students and their own terms stay here.'
        )}
      </p>
      <form className="nx-filter" onSubmit={submit}>
        <input
          className="nx-text"
          required
          maxLength={120}
          aria-label={trans.__('Name of the copy')}
          placeholder={trans.__('Name of the copy')}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <label>
          {trans.__('Days by which dates move')}{' '}
          <input
            className="nx-text"
            type="number"
            required
            min={-MAX_DAYS}
            max={MAX_DAYS}
            value={days}
            onChange={event => setDays(event.target.valueAsNumber)}
          />
        </label>
        <button
          type="submit"
          className="nx-button"
          disabled={copy.busy || !name.trim() || Number.isNaN(days)}
        >
          {trans.__('Copy the class')}
        </button>
        {made && <span role="status">{trans.__('%1 is among your classes.', made)}</span>}
        <InlineProblem text={copy.problem} />
      </form>
    </>
  );
}
