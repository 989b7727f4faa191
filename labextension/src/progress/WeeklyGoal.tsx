import { type FormEvent, useCallback, useState } from 'react';
import type { Goal, GoalKind } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Meter } from '../components/Meter';
import { Outcome, readable } from '../profile/parts';

/** the largest goals that a week holds */
const MOST: Record<GoalKind, number> = { days: 7, steps: 100, xp: 10_000 };

/** The goal that I chose for each week, and another one. Nobody is reminded of it. */
export function WeeklyGoal({ goal }: { goal: Goal | null }) {
  const { model, trans } = useNexus();
  const [kind, setKind] = useState<GoalKind>(goal?.kind ?? 'days');
  const [target, setTarget] = useState(goal?.target ?? 3);
  const save = useAction(
    useCallback(async () => {
      await readable(model.api.put(routes.goal, { kind, target }));
      await model.activity.reload();
    }, [kind, model, target])
  );
  const drop = useAction(
    useCallback(async () => {
      await model.api.delete(routes.goal);
      await model.activity.reload();
    }, [model])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run();
  };
  return (
    <>
      {goal ? <Reached goal={goal} /> : <p>{trans.__('You may set yourself a goal for each week.')}</p>}
      <form onSubmit={submit} className="nx-goal-form">
        <label>
          {trans.__('Goal')}
          <input
            className="nx-text"
            type="number"
            required
            min={1}
            max={MOST[kind]}
            value={target}
            onChange={event => setTarget(event.target.valueAsNumber)}
          />
        </label>
        <label>
          {trans.__('of')}
          <select
            className="nx-text"
            value={kind}
            onChange={event => setKind(event.target.value as GoalKind)}
          >
            <option value="days">{trans.__('days with an achievement')}</option>
            <option value="steps">{trans.__('completed steps')}</option>
            <option value="xp">{trans.__('XP')}</option>
          </select>
        </label>
        <button type="submit" className="nx-button" disabled={save.busy}>
          {goal ? trans.__('Change my goal') : trans.__('Set my goal')}
        </button>
        {goal && (
          <button type="button" className="nx-link" disabled={drop.busy} onClick={() => void drop.run()}>
            {trans.__('No goal')}
          </button>
        )}
        <Outcome action={save.problem ? save : drop} />
      </form>
    </>
  );
}

function Reached({ goal: { kind, done, target } }: { goal: Goal }) {
  const { trans } = useNexus();
  const words = {
    days: trans.__('%1 of %2 days', done, target),
    steps: trans.__('%1 of %2 steps', done, target),
    xp: trans.__('%1 of %2 XP', done, target)
  };
  return (
    <div className="nx-goal">
      <p>
        <strong>{words[kind]}</strong> {done >= target && trans.__('Done!')}
      </p>
      <Meter share={Math.min(1, done / target)} label={trans.__('My goal of this week')} />
    </div>
  );
}
