import type { TranslationBundle } from '@jupyterlab/translation';
import { createContext, useContext } from 'react';
import type { Provider } from '../api/contract';
import type { NexusHandler } from '../api/handler';

export interface Site {
  api: NexusHandler;
  trans: TranslationBundle;
  baseUrl: string;
  /** where to go once signed in */
  next: string;
  /** single-use token of the mailed link, or empty */
  token: string;
  /** identity providers of this site, whose people log in there */
  providers: Provider[];
  /** whether mails leave this server; otherwise an administrator finds them in a folder */
  sendsMail: boolean;
}

const SiteContext = createContext<Site | null>(null);

export const SiteProvider = SiteContext.Provider;

export function useSite(): Site {
  const site = useContext(SiteContext);
  if (!site) {
    throw new Error('This page was rendered outside SiteProvider.');
  }
  return site;
}
