import { useEffect, useRef, useSyncExternalStore } from 'react';
import { loginUrl } from '../api/routes';
import { type Nexus, NexusProvider } from '../components/context';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { SessionOverlay } from '../components/SessionOverlay';
import { pathOf } from './address';
import { ForegroundView } from './ForegroundView';
import type { Foreground } from './foreground';
import type { LabStarts } from './lab-starts';
import { RouteView } from './RouteView';
import type { Router } from './router';
import { TopLine } from './TopLine';

interface Props {
  nexus: Nexus;
  router: Router;
  starts: LabStarts;
  foreground: Foreground;
}

/** The whole application: the line at the top, and the page below it. */
export function App({ nexus, router, starts, foreground }: Props) {
  const { route } = useSyncExternalStore(router.subscribe, router.snapshot);
  const main = useRef<HTMLElement>(null);
  const { trans } = nexus;
  const path = pathOf(route, router.baseUrl);
  useFocusOn(main, path);
  return (
    <NexusProvider value={nexus}>
      <div className="nx-root nx-learn">
        <a className="nx-skip" href="#nx-main">
          {trans.__('Skip to the content')}
        </a>
        <TopLine router={router} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a page without any button is scrolled by the keyboard, too */}
        <main ref={main} id="nx-main" className="nx-learn-main" tabIndex={0}>
          <ErrorBoundary key={path} trans={trans}>
            <RouteView route={route} router={router} starts={starts} main={main} />
          </ErrorBoundary>
        </main>
        <ForegroundView foreground={foreground} />
      </div>
      <div className="nx-root nx-session-overlay">
        <SessionOverlay loginPage={loginUrl(router.baseUrl, path)} />
      </div>
    </NexusProvider>
  );
}

/** Another page begins at its top, and a screen reader goes on there. */
function useFocusOn(main: React.RefObject<HTMLElement>, path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) {
      shown.current = path;
      main.current?.focus();
      main.current?.scrollTo({ top: 0 });
    }
  }, [main, path]);
}
