/** Pictures that people pasted into a text cell: kept in the cell, shown where its Markdown names them. */

/** A cell's attachments as nbformat has them: by name, the data by media type. */
export type Attachments = Record<string, Record<string, unknown>>;

/** What a browser shows as a picture and never runs. */
const SHOWN = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const SCHEME = 'attachment:';
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/** The address of the picture that `src` names, or undefined where there is none that may be shown. */
export function pictureAt(src: string, attachments: Attachments): string | undefined {
  if (!src.startsWith(SCHEME)) {
    return undefined;
  }
  const bundle = attachments[decoded(src.slice(SCHEME.length))] ?? {};
  for (const type of SHOWN) {
    const data = bundle[type];
    if (typeof data === 'string' && BASE64.test(data)) {
      return `data:${type};base64,${data.replace(/\s/g, '')}`;
    }
  }
  return undefined;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
