import type { CheckStatus } from './checks';
/** The states of submissions and graded cells, in words. Pure. */

import type { CellStatus, SubmissionStatus } from '../api/contract';

interface Words {
  __: (text: string) => string;
}

export function cellWord(status: CellStatus, words: Words): string {
  const word: Record<CellStatus, string> = {
    passed: words.__('passed'),
    partial: words.__('partly right'),
    failed: words.__('failed'),
    error: words.__('raised an error'),
    timeout: words.__('took too long'),
    manual: words.__('graded by a person'),
    kernel_died: words.__('the kernel died')
  };
  return word[status];
}

export function submissionWord(status: SubmissionStatus, words: Words): string {
  const word: Record<SubmissionStatus, string> = {
    queued: words.__('queued'),
    running: words.__('being graded'),
    graded: words.__('graded'),
    failed: words.__('grading failed')
  };
  return word[status];
}

/** What a visible test says, in a word or two. */
export function checkWord(status: CheckStatus, words: { __: (text: string) => string }): string {
  const all: Record<CheckStatus, string> = {
    passed: words.__('passes'),
    failed: words.__('fails'),
    error: words.__('raises an error'),
    empty: words.__('no answer yet'),
    not_run: words.__('did not run'),
    manual: words.__('graded by a person')
  };
  return all[status];
}
