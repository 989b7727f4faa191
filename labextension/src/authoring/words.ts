/** What authors read about roles and mistakes. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { AuthorRole } from './roles';
import type { Mistake } from './rules';

export function roleWord(role: AuthorRole, trans: TranslationBundle): string {
  const words: Record<AuthorRole, string> = {
    text: trans.__('No role'),
    answer: trans.__('Answer'),
    test: trans.__('Visible test'),
    hidden: trans.__('Hidden test'),
    manual: trans.__('Marked by hand'),
    task: trans.__('Task, marked by hand'),
    singlechoice: trans.__('Choice: one is right'),
    multiplechoice: trans.__('Choice: several are right'),
    readonly: trans.__('Read-only')
  };
  return words[role];
}

/** A mistake in words that say what to do. */
export function mistakeWords({ code, what }: Mistake, trans: TranslationBundle): string {
  const words: Record<string, () => string> = {
    missing_id: () => trans.__('The cell needs an id.'),
    invalid_id: () => trans.__('The id “%1” may hold letters, digits, “_” and “-” only.', what),
    duplicate_id: () => trans.__('Another cell has the id “%1” already.', what),
    missing_points: () => trans.__('Say how many points the cell gives.'),
    invalid_points: () => trans.__('Points are 0, or a number from 0.001 to 10,000.'),
    no_cell_for_learners: () => trans.__('Make the cell a code or a Markdown cell.'),
    task_not_markdown: () => trans.__('A task is a Markdown cell.'),
    markdown_tests: () => trans.__('A test is a code cell.'),
    markdown_without_points: () => trans.__('An answer in words is marked by hand: choose that role.'),
    choice_without_answer: () => trans.__('Tick what is right: “- [x]” before the option.'),
    answer_for_staff: () => trans.__('Learners answer here: take the tag “remove-for-students” away.'),
    unknown_metadata: () => trans.__('There is no such key: metadata.%1', what),
    nothing_graded: () => trans.__('No cell gives points yet.'),
    unbalanced_markers: () => trans.__('A marker BEGIN or END %1 has no partner.', what),
    misplaced_region: () => trans.__('A region %1 does not belong into a cell of this role.', what),
    autotest_directive: () => trans.__('AUTOTEST lines are no tests yet.')
  };
  return words[code]?.() ?? code;
}
