import { useMemo, useState } from 'react';
import type { Cohort } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Loaded } from '../components/Loaded';
import { Tabs } from '../components/Tabs';
import { MarkingTab } from '../marking/MarkingTab';
import { Resource } from '../model/resource';
import { Cohorts } from './Cohorts';
import { ConceptsTab } from './ConceptsTab';
import { ContentView } from './ContentView';
import { DraftsTab } from './DraftsTab';
import { GradebookTable } from './GradebookTable';
import { HelpTab } from './HelpTab';
import { OrdersTab } from './OrdersTab';
import { PreviewTab } from './PreviewTab';
import { ProgressTab } from './ProgressTab';
import { SimilarityTab } from './SimilarityTab';
import { SubmissionsTab } from './SubmissionsTab';
import { TermsTab } from './TermsTab';
import { TutorTab } from './TutorTab';
import { TeachingProvider, type TeachingTab, type TeachingView, useTeaching } from './view';

const START: TeachingView = {
  tab: 'classes',
  slug: '',
  nodeId: '',
  cohortId: '',
  userId: '',
  submissionId: ''
};

/** For instructors: classes, grades, submissions, who is stuck, similar work, and the state of the content. */
export function TeachingPage() {
  const { model, trans } = useNexus();
  const [cohorts] = useState(
    () => new Resource(() => model.api.get(routes.cohorts).then(({ items }) => items))
  );
  return (
    <div className="nx-page-body nx-wide">
      <h1>{trans.__('Teaching')}</h1>
      <Loaded resource={cohorts} lines={4}>
        {items => <Tabbed cohorts={items} reload={() => cohorts.reload()} />}
      </Loaded>
    </div>
  );
}

function Tabbed({ cohorts, reload }: { cohorts: Cohort[]; reload: () => Promise<void> }) {
  const { trans } = useNexus();
  const [view, setView] = useState(START);
  const teaching = useMemo(
    () => ({
      view,
      cohorts,
      show: (change: Partial<TeachingView>) => setView(now => ({ ...now, ...change }))
    }),
    [view, cohorts]
  );
  const tabs: [TeachingTab, string][] = [
    ['classes', trans.__('Classes')],
    ['gradebook', trans.__('Gradebook')],
    ['progress', trans.__('Progress')],
    ['concepts', trans.__('Concepts')],
    ['orders', trans.__('Orders')],
    ['submissions', trans.__('Submissions')],
    ['marking', trans.__('Marking')],
    ['terms', trans.__('Deadlines')],
    ['similarity', trans.__('Similarity')],
    ['preview', trans.__('Preview')],
    ['drafts', trans.__('Write')],
    ['tutor', trans.__('Tutor')],
    ['help', trans.__('Help wanted')],
    ['content', trans.__('Content')]
  ];
  return (
    <TeachingProvider value={teaching}>
      <Tabs
        label={trans.__('Teaching')}
        tabs={tabs}
        current={view.tab}
        onChange={tab => teaching.show({ tab, submissionId: '' })}
      />
      <div role="tabpanel" className="nx-tabpanel">
        <Panel reload={reload} />
      </div>
    </TeachingProvider>
  );
}

function Panel({ reload }: { reload: () => Promise<void> }) {
  const { view, cohorts } = useTeaching();
  switch (view.tab) {
    case 'classes':
      return <Cohorts cohorts={cohorts} reload={reload} />;
    case 'gradebook':
      return <GradebookTable />;
    case 'progress':
      return <ProgressTab />;
    case 'concepts':
      return <ConceptsTab />;
    case 'orders':
      return <OrdersTab />;
    case 'submissions':
      return <SubmissionsTab />;
    case 'marking':
      return <MarkingTab />;
    case 'terms':
      return <TermsTab />;
    case 'similarity':
      return <SimilarityTab />;
    case 'preview':
      return <PreviewTab />;
    case 'drafts':
      return <DraftsTab />;
    case 'tutor':
      return <TutorTab />;
    case 'help':
      return <HelpTab />;
    case 'content':
      return <ContentView />;
  }
}
