import { useState } from 'react';
import type { SettingInForce, SettingsGroup } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { Table } from './Table';

/** The settings as they are in force; they cannot change while the server runs. */
export function SettingsTab() {
  const { model, trans } = useNexus();
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [text, setText] = useState('');
  const resource = useFetched('', () => model.api.get(routes.settings));
  const isWanted = (group: SettingsGroup, { name, help, is_changed }: SettingInForce) =>
    (is_changed || !onlyChanged) &&
    `${group.name}.${name} ${help}`.toLowerCase().includes(text.trim().toLowerCase());
  return (
    <section>
      <p className="nx-muted">
        {trans.__(
          'They are set in nexus_config.py, in the data directory or in /etc/nexus, and hold from the next start.'
        )}
      </p>
      <div className="nx-filter">
        <input
          type="search"
          aria-label={trans.__('Part of a name or a meaning')}
          placeholder={trans.__('Name or meaning')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <label className="nx-menu-check">
          <input
            type="checkbox"
            checked={onlyChanged}
            onChange={event => setOnlyChanged(event.target.checked)}
          />
          {trans.__('Only what this site changed')}
        </label>
      </div>
      <Loaded resource={resource} lines={6}>
        {({ items }) => {
          const groups = items
            .map(group => ({ ...group, settings: group.settings.filter(one => isWanted(group, one)) }))
            .filter(({ settings }) => settings.length > 0);
          return groups.length === 0 ? (
            <p className="nx-empty">{trans.__('No setting is like that.')}</p>
          ) : (
            groups.map(group => <Group key={group.name} group={group} />)
          );
        }}
      </Loaded>
    </section>
  );
}

function Group({ group }: { group: SettingsGroup }) {
  const { trans } = useNexus();
  return (
    <>
      <h2>{group.title}</h2>
      <Table
        label={group.name}
        heads={[trans.__('Setting'), trans.__('In force'), trans.__('Meaning')]}
        items={group.settings}
        keyOf={({ name }) => name}
        cells={setting => [
          <code key="name">
            c.{group.name}.{setting.name}
          </code>,
          <Value key="value" setting={setting} />,
          <span key="help" className="nx-setting-help">
            {setting.help}
          </span>
        ]}
      />
    </>
  );
}

function Value({ setting: { value, default: preset, is_changed } }: { setting: SettingInForce }) {
  const { trans } = useNexus();
  return (
    <span className="nx-setting-value">
      <code>{value}</code>
      {is_changed && <span className="nx-muted"> {trans.__('instead of %1', preset)}</span>}
    </span>
  );
}
