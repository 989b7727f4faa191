/** Styles that only some pages need. */

declare const NOTEBOOK_STYLE: string;

let loading: Promise<void> | null = null;

/** The notebook's styles, from beside the application's own. */
export function notebookStyles(): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(NOTEBOOK_STYLE, import.meta.url).href;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error('The page could not be loaded whole.'));
    document.head.append(link);
  });
  return loading;
}
