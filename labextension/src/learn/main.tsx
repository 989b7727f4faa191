/** The learner's application: everything but JupyterLab's shell. */

// the module itself: its package brings others along that the start page does not need
import { PageConfig } from '@jupyterlab/coreutils/lib/pageconfig';
import { createRoot } from 'react-dom/client';
import { steadyFetch } from '../api/steady-fetch';
import type { Nexus } from '../components/context';
import { showKeptDisplay } from '../display';
import { NexusModel } from '../model/model';
import { openSession } from '../model/session';
import { tellEvents } from '../model/toasts';
import { signOut } from '../saving/sign-out';
import { loadWords } from '../words';
import { App } from './App';
import { appHost } from './app-host';
import { takeFirst } from './first-data';
import { Foreground } from './foreground';
import { JupyterApi } from './jupyter-api';
import { LabStarts } from './lab-starts';
import { openDocuments } from './open-documents';
import { loadLabPage } from './pages';
import { lazyRendering } from './rendering';
import { Router } from './router';
import { appTheme, showTheme } from './theme';

async function start(root: HTMLElement): Promise<void> {
  const baseUrl = PageConfig.getBaseUrl();
  const words = loadWords(document);
  showTheme(document.documentElement);
  showKeptDisplay();
  const { api, connection } = openSession(baseUrl);
  const jupyter = new JupyterApi(baseUrl, steadyFetch({ connection, refresh: () => api.refresh() }));
  const model = new NexusModel(api, undefined, connection);
  const router = new Router(new URL(baseUrl).pathname);
  const foreground = new Foreground();
  const starts = new LabStarts(api, jupyter, loadLabPage, () => openDocuments.putAway());
  const nexus: Nexus = {
    model,
    trans: await words,
    host: appHost({
      model,
      router,
      foreground,
      starts,
      theme: appTheme(document.documentElement, jupyter),
      signOut: () => signOut(nexus, () => openDocuments.saveAll())
    }),
    ...lazyRendering()
  };
  takeFirst(model, document.getElementById('nexus-first')?.textContent ?? null);
  beginEarly(model, router, starts);
  model.start();
  tellEvents(nexus);
  createRoot(root).render(<App nexus={nexus} router={router} starts={starts} foreground={foreground} />);
}

/** Whoever arrives at a lab's address gets its kernel while the page is still loading. */
function beginEarly(model: NexusModel, router: Router, starts: LabStarts): void {
  const { route } = router.snapshot();
  if (route.page === 'node') {
    const roadmap = model.roadmap.get(route.roadmap);
    void roadmap.ensure().then(() => {
      const node = roadmap.data?.nodes.find(({ slug }) => slug === route.node);
      if (node?.type === 'lab') {
        starts.begin(node.id);
      }
    });
  }
}

const root = document.getElementById('nexus-learn');
if (root) {
  void start(root);
}
