import { useState } from 'react';
import type { Page } from '../../api';
import type { Cohort } from '../../apisocial';
import { Resource } from '../../resource';
import { useNexus } from '../context';
import { Loaded } from '../Loaded';
import { Cohorts } from './Cohorts';
import { ContentView } from './ContentView';
import { GradebookTable } from './GradebookTable';

/** For instructors: classes with their join codes, the gradebook, the state of the content. */
export function TeachingPage() {
  const { model, trans } = useNexus();
  const [cohorts] = useState(
    () => new Resource(() => model.api.get<Page<Cohort>>('/teaching/cohorts').then(({ items }) => items))
  );
  return (
    <div className="nx-page-body nx-wide">
      <h1>{trans.__('Teaching')}</h1>
      <Loaded resource={cohorts} lines={4}>
        {items => (
          <>
            <Cohorts cohorts={items} reload={() => cohorts.reload()} />
            <GradebookTable cohorts={items} />
          </>
        )}
      </Loaded>
      <ContentView />
    </div>
  );
}
