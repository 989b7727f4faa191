import { type FormEvent, useCallback, useState } from 'react';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Loaded } from '../components/Loaded';
import { More, usePages } from './pages';
import { Moment, Table } from './Table';

/** Who changed what, the newest first; nothing here can be changed. */
export function AuditTab() {
  const { model, trans } = useNexus();
  const [action, setAction] = useState('');
  const fetch = useCallback(
    (cursor: string | null) => model.api.get(routes.audit, { action: action || null, cursor }),
    [action, model]
  );
  const resource = usePages(action, fetch);
  return (
    <section>
      <Filter want={setAction} />
      <Loaded
        resource={resource}
        lines={5}
        empty={{ when: ({ items }) => items.length === 0, text: trans.__('Nothing was written down.') }}
      >
        {page => (
          <>
            <Table
              label={trans.__('Audit log')}
              heads={[
                trans.__('When'),
                trans.__('What'),
                trans.__('By whom'),
                trans.__('Of what'),
                trans.__('Details')
              ]}
              items={page.items}
              keyOf={({ id }) => id}
              cells={entry => [
                <Moment key="at" at={entry.at} />,
                <code key="action">{entry.action}</code>,
                entry.actor_id === null ? (
                  trans.__('the command line')
                ) : (
                  <code key="actor">{entry.actor_id}</code>
                ),
                <span key="subject">
                  {entry.subject_type} <code>{entry.subject_id}</code>
                </span>,
                Object.keys(entry.data).length > 0 ? (
                  <code key="data">{JSON.stringify(entry.data)}</code>
                ) : (
                  '–'
                )
              ]}
            />
            <More resource={resource} page={page} fetch={fetch} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Filter({ want }: { want: (action: string) => void }) {
  const { trans } = useNexus();
  const [text, setText] = useState('');
  const search = (event: FormEvent) => {
    event.preventDefault();
    want(text.trim());
  };
  return (
    <form className="nx-filter" onSubmit={search}>
      <input
        type="search"
        aria-label={trans.__('What was done')}
        placeholder="user.role"
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <button type="submit" className="nx-button">
        {trans.__('Search')}
      </button>
    </form>
  );
}
