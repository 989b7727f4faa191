/** Where drafts are in a workspace. Pure. */

const DRAFTS = 'Drafts/';

/** Whether a file belongs to a draft. */
export function isDraftPath(path: string): boolean {
  return path.startsWith(DRAFTS);
}

/** A slug for a title: what an address and a folder may be called. */
export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 120);
}
