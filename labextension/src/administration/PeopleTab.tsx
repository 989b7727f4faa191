import { type FormEvent, useCallback, useState } from 'react';
import type { Account, Role } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { AccountList } from './AccountList';
import { More, usePages } from './pages';
import { Moment, Table } from './Table';

interface Wanted {
  q: string;
  role: Role | '';
  disabled: '' | 'true' | 'false';
}

/** Everybody with an account: found by name, address, role or state, and changed at once. */
export function PeopleTab() {
  const { model, trans } = useNexus();
  const [wanted, setWanted] = useState<Wanted>({ q: '', role: '', disabled: '' });
  const fetch = useCallback(
    (cursor: string | null) =>
      model.api.get(routes.accounts, {
        q: wanted.q || null,
        role: wanted.role || null,
        disabled: wanted.disabled === '' ? null : wanted.disabled === 'true',
        cursor
      }),
    [model, wanted]
  );
  const resource = usePages(JSON.stringify(wanted), fetch);
  const change = (account: Account) =>
    resource.update(({ items, next }) => ({
      items: items.map(one => (one.id === account.id ? account : one)),
      next
    }));
  return (
    <section>
      <AccountList onMade={() => void resource.reload()} />
      <Search wanted={wanted} want={setWanted} />
      <Loaded
        resource={resource}
        lines={5}
        empty={{ when: ({ items }) => items.length === 0, text: trans.__('Nobody is like that.') }}
      >
        {page => (
          <>
            <Table
              label={trans.__('People')}
              heads={[
                trans.__('Name'),
                trans.__('E-mail'),
                trans.__('Role'),
                trans.__('Last login'),
                trans.__('State'),
                trans.__('Change')
              ]}
              items={page.items}
              keyOf={({ id }) => id}
              cells={account => [
                account.display_name,
                account.email,
                <RoleSelect key="role" account={account} changed={change} />,
                <Moment key="login" at={account.last_login} />,
                account.disabled_at === null ? trans.__('active') : trans.__('disabled'),
                <Changes key="changes" account={account} changed={change} />
              ]}
            />
            <More resource={resource} page={page} fetch={fetch} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Search({ wanted, want }: { wanted: Wanted; want: (wanted: Wanted) => void }) {
  const { trans } = useNexus();
  const [text, setText] = useState(wanted.q);
  const words = useRoles();
  const search = (event: FormEvent) => {
    event.preventDefault();
    want({ ...wanted, q: text.trim() });
  };
  return (
    <form className="nx-filter" onSubmit={search}>
      <input
        type="search"
        aria-label={trans.__('Part of a name or an address')}
        placeholder={trans.__('Name or e-mail')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <select
        aria-label={trans.__('Role')}
        value={wanted.role}
        onChange={event => want({ ...wanted, role: event.target.value as Wanted['role'] })}
      >
        <option value="">{trans.__('All roles')}</option>
        {words.map(([role, word]) => (
          <option key={role} value={role}>
            {word}
          </option>
        ))}
      </select>
      <select
        aria-label={trans.__('State')}
        value={wanted.disabled}
        onChange={event => want({ ...wanted, disabled: event.target.value as Wanted['disabled'] })}
      >
        <option value="">{trans.__('Active and disabled')}</option>
        <option value="false">{trans.__('Active only')}</option>
        <option value="true">{trans.__('Disabled only')}</option>
      </select>
      <button type="submit" className="nx-button" data-primary="true">
        {trans.__('Search')}
      </button>
    </form>
  );
}

function useRoles(): [Role, string][] {
  const { trans } = useNexus();
  return [
    ['student', trans.__('Student')],
    ['instructor', trans.__('Instructor')],
    ['admin', trans.__('Administrator')]
  ];
}

interface ChangeProps {
  account: Account;
  changed: (account: Account) => void;
}

function RoleSelect({ account, changed }: ChangeProps) {
  const { host, model, trans } = useNexus();
  const words = useRoles();
  const choose = useAction(
    useCallback(
      async (role: Role, word: string) => {
        const isSure = await host.confirm({
          title: trans.__('Change what %1 may do?', account.display_name),
          text: trans.__('%1 becomes: %2. It holds at once.', account.email, word),
          yes: trans.__('Change the role')
        });
        if (isSure) {
          changed(await model.api.patch(routes.account(account.id), { role }));
        }
      },
      [account, changed, host, model, trans]
    )
  );
  return (
    <>
      <select
        aria-label={trans.__('Role of %1', account.display_name)}
        value={account.role}
        disabled={choose.busy}
        onChange={event => {
          const [role, word] = words[event.target.selectedIndex];
          void choose.run(role, word);
        }}
      >
        {words.map(([role, word]) => (
          <option key={role} value={role}>
            {word}
          </option>
        ))}
      </select>
      <InlineProblem text={choose.problem} />
    </>
  );
}

function Changes({ account, changed }: ChangeProps) {
  const { host, model, trans } = useNexus();
  const isDisabled = account.disabled_at !== null;
  const toggle = useAction(
    useCallback(async () => {
      const isSure =
        isDisabled ||
        (await host.confirm({
          title: trans.__('Disable %1?', account.display_name),
          text: trans.__('%1 is logged out everywhere and cannot log in. Nothing is deleted.', account.email),
          yes: trans.__('Disable')
        }));
      if (isSure) {
        changed(await model.api.patch(routes.account(account.id), { disabled: !isDisabled }));
      }
    }, [account, changed, host, isDisabled, model, trans])
  );
  const reset = useAction(
    useCallback(async () => {
      const isSure = await host.confirm({
        title: trans.__('Mail a link for a new password?'),
        text: trans.__('It goes to %1. The present password holds until a new one is chosen.', account.email),
        yes: trans.__('Mail it')
      });
      if (isSure) {
        const { email, is_sent: isSent } = await model.api.post(routes.accountReset(account.id));
        const text = isSent
          ? trans.__('A link is on its way to %1.', email)
          : trans.__(
              'No mail server is set: the mail for %1 is a file in mail/outbox of the data directory.',
              email
            );
        host.tell({ kind: isSent ? 'success' : 'warning', text, lastsMs: isSent ? 8000 : null });
      }
    }, [account, host, model, trans])
  );
  return (
    <span className="nx-row-actions">
      <button
        type="button"
        className="nx-link"
        aria-label={
          isDisabled
            ? trans.__('Enable %1', account.display_name)
            : trans.__('Disable %1', account.display_name)
        }
        disabled={toggle.busy}
        onClick={() => void toggle.run()}
      >
        {isDisabled ? trans.__('Enable') : trans.__('Disable')}
      </button>
      {!isDisabled && (
        <button
          type="button"
          className="nx-link"
          aria-label={trans.__('Reset password of %1', account.display_name)}
          disabled={reset.busy}
          onClick={() => void reset.run()}
        >
          {trans.__('Reset password')}
        </button>
      )}
      <InlineProblem text={toggle.problem ?? reset.problem} />
    </span>
  );
}
