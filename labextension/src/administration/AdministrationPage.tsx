import { useState } from 'react';
import { useNexus } from '../components/context';
import { Tabs } from '../components/Tabs';
import { ContentView } from '../teaching/ContentView';
import { AuditTab } from './AuditTab';
import { HealthTab } from './HealthTab';
import { KernelsTab } from './KernelsTab';
import { PeopleTab } from './PeopleTab';
import { QueueTab } from './QueueTab';
import { SettingsTab } from './SettingsTab';
import { StreaksTab } from './StreaksTab';

const TABS = {
  people: PeopleTab,
  kernels: KernelsTab,
  queue: QueueTab,
  content: ContentView,
  streaks: StreaksTab,
  audit: AuditTab,
  settings: SettingsTab,
  health: HealthTab
};

type AdministrationTab = keyof typeof TABS;

/** For administrators: people, kernels, grading, content, streaks after an outage, who changed what, settings, and what is not well. */
export function AdministrationPage() {
  const { trans } = useNexus();
  const [tab, setTab] = useState<AdministrationTab>('people');
  const tabs: [AdministrationTab, string][] = [
    ['people', trans.__('People')],
    ['kernels', trans.__('Kernels')],
    ['queue', trans.__('Grading queue')],
    ['content', trans.__('Content')],
    ['streaks', trans.__('Streaks')],
    ['audit', trans.__('Audit log')],
    ['settings', trans.__('Settings')],
    ['health', trans.__('Health')]
  ];
  const Panel = TABS[tab];
  return (
    <div className="nx-page-body nx-wide">
      <h1>{trans.__('Administration')}</h1>
      <Tabs label={trans.__('Administration')} tabs={tabs} current={tab} onChange={setTab} />
      <div role="tabpanel" aria-label={tabs.find(([name]) => name === tab)?.[1]} className="nx-tabpanel">
        <Panel />
      </div>
    </div>
  );
}
