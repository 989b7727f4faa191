/** Styles that only some pages need. */

import { readersWords } from '../words';

declare const NOTEBOOK_STYLE: string;
declare const MAP_STYLE: string;

const loading = new Map<string, Promise<void>>();

export const notebookStyles = (): Promise<void> => stylesheet(NOTEBOOK_STYLE);
export const mapStyles = (): Promise<void> => stylesheet(MAP_STYLE);

/** A style sheet from beside the application's own, loaded once. */
function stylesheet(name: string): Promise<void> {
  const known = loading.get(name);
  if (known) {
    return known;
  }
  const loaded = new Promise<void>((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(name, import.meta.url).href;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(readersWords().__('The page could not be loaded whole.')));
    document.head.append(link);
  });
  loading.set(name, loaded);
  return loaded;
}
