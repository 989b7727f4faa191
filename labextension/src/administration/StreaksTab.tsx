import { type FormEvent, useCallback, useState } from 'react';
import type { StreakRepair } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { moment } from '../format';
import { TextField } from '../teaching/fields';
import { Table } from './Table';

/** When nobody could learn, as moments with their zone. */
interface Outage {
  begin: string;
  end: string;
}

interface Seen {
  outage: Outage;
  found: StreakRepair;
}

/** Make up for an outage: first seen, then done. */
export function StreaksTab() {
  const { model, trans } = useNexus();
  const [seen, setSeen] = useState<Seen | null>(null);
  const [done, setDone] = useState('');
  const look = useAction(
    useCallback(
      async (outage: Outage) => {
        setSeen(null);
        setDone('');
        setSeen({ outage, found: await model.api.post(routes.streakRepairs, outage) });
      },
      [model]
    )
  );
  const repair = useAction(
    useCallback(
      async ({ outage }: Seen) => {
        const found = await model.api.post(routes.streakRepairs, { ...outage, is_rehearsal: false });
        setSeen(null);
        setDone(
          trans.__('Restored: %1. Held until their learners are back: %2.', found.restored.length, found.held)
        );
      },
      [model, trans]
    )
  );
  return (
    <section>
      <p className="nx-muted">
        {trans.__(
          'Was the site down? Nobody should lose a streak to that. What is done here is written down for each learner and in the audit log; points that were paid stay as they are.'
        )}
      </p>
      <Asked busy={look.busy} onAsk={outage => void look.run(outage)} onChange={() => setSeen(null)} />
      <InlineProblem as="p" text={look.problem ?? repair.problem} />
      {done && <p role="status">{done}</p>}
      {seen && <Rehearsed seen={seen} busy={repair.busy} onRepair={() => void repair.run(seen)} />}
    </section>
  );
}

interface AskedProps {
  busy: boolean;
  onAsk: (outage: Outage) => void;
  /** what was seen before is no longer what is asked */
  onChange: () => void;
}

function Asked({ busy, onAsk, onChange }: AskedProps) {
  const { trans } = useNexus();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The fields have the browser's own time; the server wants the zone with it.
    onAsk({ begin: new Date(from).toISOString(), end: new Date(to).toISOString() });
  };
  const change = (set: (value: string) => void) => (value: string) => {
    set(value);
    onChange();
  };
  return (
    <form className="nx-filter" onSubmit={submit}>
      <TextField
        label={trans.__('The site was down from')}
        type="datetime-local"
        required
        value={from}
        onChange={change(setFrom)}
      />
      <TextField
        label={trans.__('Until')}
        type="datetime-local"
        required
        min={from}
        value={to}
        onChange={change(setTo)}
      />
      <button type="submit" className="nx-button" disabled={busy}>
        {trans.__('See which streaks ended')}
      </button>
    </form>
  );
}

function Rehearsed({ seen, busy, onRepair }: { seen: Seen; busy: boolean; onRepair: () => void }) {
  const { trans } = useNexus();
  const { outage, found } = seen;
  const [from, to] = [moment(outage.begin), moment(outage.end)];
  const isNothing = found.restored.length === 0 && found.held === 0;
  return (
    <section aria-label={trans.__('What would be done')}>
      <p role="status">
        {isNothing
          ? trans.__('From %1 to %2 no streak ended, and none waits for its learner.', from, to)
          : trans.__(
              'From %1 to %2: %3 streaks would be restored, %4 would be held until their learners are back.',
              from,
              to,
              found.restored.length,
              found.held
            )}
      </p>
      {found.restored.length > 0 && (
        <Table
          label={trans.__('Streaks that would be restored')}
          heads={[trans.__('Student'), trans.__('Streak'), trans.__('Repaired')]}
          items={found.restored}
          keyOf={({ user_id }) => user_id}
          cells={({ display_name, before, after }) => [display_name, before, after]}
        />
      )}
      {!isNothing && (
        <p>
          <button type="button" className="nx-button" data-primary="true" disabled={busy} onClick={onRepair}>
            {trans.__('Make up for it')}
          </button>
        </p>
      )}
    </section>
  );
}
