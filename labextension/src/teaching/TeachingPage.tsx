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

/** where classes are that somebody marks in only; elsewhere they have nothing to do with them */
const FOR_GRADERS: ReadonlySet<TeachingTab> = new Set(['classes', 'submissions', 'marking']);
/** what is about the students of a class beyond what they handed in */
const FOR_INSTRUCTORS: ReadonlySet<TeachingTab> = new Set([
  'gradebook',
  'progress',
  'concepts',
  'orders',
  'terms',
  'similarity',
  'tutor',
  'help'
]);

function shownOn(tab: TeachingTab, cohorts: Cohort[]): Cohort[] {
  return FOR_GRADERS.has(tab) ? cohorts : cohorts.filter(({ my_role }) => my_role === 'instructor');
}

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
  const teaching = useMemo(() => {
    const shown = shownOn(view.tab, cohorts);
    const isShown = shown.some(({ id }) => id === view.cohortId);
    return {
      view: isShown ? view : { ...view, cohortId: '' },
      cohorts: shown,
      show: (change: Partial<TeachingView>) => setView(now => ({ ...now, ...change }))
    };
  }, [view, cohorts]);
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
  const marksOnly = cohorts.length > 0 && cohorts.every(({ my_role }) => my_role === 'grader');
  return (
    <TeachingProvider value={teaching}>
      <Tabs
        label={trans.__('Teaching')}
        tabs={marksOnly ? tabs.filter(([tab]) => !FOR_INSTRUCTORS.has(tab)) : tabs}
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
