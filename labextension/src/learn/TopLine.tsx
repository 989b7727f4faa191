import { type MouseEvent, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { useNexus } from '../components/context';
import { TopBar } from '../components/TopBar';
import { chatIcon, forumIcon, homeIcon, logoIcon, playIcon, searchIcon } from '../icons';
import { pathOf, type Route } from './address';
import type { Router } from './router';
import { leadsToSearch } from './search';

/** The line at the top: the ways to the pages, how one stands, and the way to the whole of JupyterLab. */
export function TopLine({ router }: { router: Router }) {
  const { trans } = useNexus();
  useSearchKey(router);
  return (
    <header className="nx-learn-top">
      <Link router={router} to={{ page: 'home' }} className="nx-logo" title={trans.__('Home')}>
        <logoIcon.react tag="span" /> <span className="nx-learn-name">NexusAI</span>
      </Link>
      <nav className="nx-learn-nav" aria-label={trans.__('Pages')}>
        <NavLink router={router} page="home" icon={<homeIcon.react tag="span" />} label={trans.__('Home')} />
        <NavLink
          router={router}
          page="playground"
          icon={<playIcon.react tag="span" />}
          label={trans.__('Playground')}
        />
        <NavLink
          router={router}
          page="forum"
          icon={<forumIcon.react tag="span" />}
          label={trans.__('Forum')}
        />
        <NavLink
          router={router}
          page="tutor"
          icon={<chatIcon.react tag="span" />}
          label={trans.__('Tutor')}
        />
        <NavLink
          router={router}
          page="search"
          icon={<searchIcon.react tag="span" />}
          label={trans.__('Search')}
        />
      </nav>
      <TopBar />
    </header>
  );
}

function useSearchKey(router: Router): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const isWriting =
        target instanceof Element &&
        target.closest('input, textarea, select, [contenteditable="true"]') !== null;
      const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
      if (leadsToSearch({ key, ctrlKey, metaKey, altKey, defaultPrevented, isWriting })) {
        event.preventDefault();
        router.go({ page: 'search' });
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [router]);
}

interface NavProps {
  router: Router;
  page: 'home' | 'playground' | 'forum' | 'tutor' | 'search';
  icon: ReactNode;
  label: string;
}

function NavLink({ router, page, icon, label }: NavProps) {
  return (
    <Link router={router} to={{ page }} className="nx-learn-link" title={label}>
      {icon} <span>{label}</span>
    </Link>
  );
}

interface LinkProps {
  router: Router;
  to: Route;
  className: string;
  title: string;
  children: ReactNode;
}

/** A link within the application; opened in a new tab it works, too. */
function Link({ router, to, className, title, children }: LinkProps) {
  const { route } = useSyncExternalStore(router.subscribe, router.snapshot);
  const go = (event: MouseEvent) => {
    if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      router.go(to);
    }
  };
  return (
    <a
      className={className}
      href={pathOf(to, router.baseUrl)}
      title={title}
      aria-current={route.page === to.page ? 'page' : undefined}
      onClick={go}
    >
      {children}
    </a>
  );
}
