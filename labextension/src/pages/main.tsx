/** The stand-alone pages, outside JupyterLab: signing in and everything around it. */

import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Provider } from '../api/contract';
import { NexusHandler } from '../api/handler';
import { showKeptDisplay } from '../display';
import { loadWords } from '../words';
import { LoginPage } from './LoginPage';
import { RegisterPage } from './RegisterPage';
import { ResetPasswordPage } from './ResetPasswordPage';
import { type Site, SiteProvider } from './site';
import { nextPath, tokenOf } from './urls';
import { VerifyEmailPage } from './VerifyEmailPage';
import '../../style/pages.css';

const PAGES: Record<string, () => ReactNode> = {
  login: LoginPage,
  register: RegisterPage,
  'reset-password': ResetPasswordPage,
  'verify-email': VerifyEmailPage
};

async function start(root: HTMLElement): Promise<void> {
  showKeptDisplay();
  const { baseUrl = '/', page = 'login', providers = '[]', mail } = root.dataset;
  const token = tokenOf(window.location.hash);
  if (token) {
    // a single-use token must not stay in the address bar or the history
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }
  const site: Site = {
    api: new NexusHandler({ baseUrl }),
    trans: await loadWords(document),
    baseUrl,
    next: nextPath(window.location.search, baseUrl),
    token,
    providers: JSON.parse(providers) as Provider[],
    sendsMail: mail !== 'kept'
  };
  const Page = PAGES[page] ?? LoginPage;
  createRoot(root).render(
    <SiteProvider value={site}>
      <Page />
    </SiteProvider>
  );
}

const root = document.getElementById('nexus-page');
if (root) {
  void start(root);
}
