/** What a learner may still use, as figures for people. Pure. */

import type { Limit, Limits } from '../api/contract';
import { count } from '../format';

export interface LimitRow {
  name: keyof Limits;
  /** with its unit */
  left: string;
  limit: string;
  /** what is used, 0 to 1 */
  share: number;
  /** little is left: worth a word before the limit is met */
  scarce: boolean;
}

/** from this share on, a limit is near */
const NEAR = 0.8;
const MEBIBYTE = 1024 * 1024;

const UNITS: Record<keyof Limits, (value: number) => string> = {
  workspace_bytes: megabytes,
  workspace_files: value => count(value),
  kernel_starts: value => count(value),
  computing_s: value => `${count(Math.round(value))} s`,
  upload_bytes: megabytes,
  kernel_message_bytes: megabytes
};

/** Every limit, in the order in which learners meet them. */
export function rowsOf(limits: Limits): LimitRow[] {
  const names = Object.keys(UNITS) as (keyof Limits)[];
  return names.map(name => {
    const { left, limit } = limits[name];
    const share = shareOf(limits[name]);
    const show = UNITS[name];
    return { name, share, scarce: share >= NEAR, left: show(Math.max(0, left)), limit: show(limit) };
  });
}

function shareOf({ left, limit }: Limit): number {
  return limit > 0 ? Math.min(1, Math.max(0, 1 - left / limit)) : 1;
}

function megabytes(bytes: number): string {
  return `${count(Math.floor(bytes / MEBIBYTE))} MB`;
}
