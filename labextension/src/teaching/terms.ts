/** A form of terms that differ, as the API wants them. Pure. */

import type { TermsChange } from '../api/contract';

/** What an instructor filled in; an empty field stays as the lab has it. */
export interface TermsForm {
  /** local times, as `<input type="datetime-local">` gives them */
  opens: string;
  deadline: string;
  /** whether there is no deadline at all */
  hasNoDeadline: boolean;
  attempts: string;
  /** whether any number of attempts counts */
  anyAttempts: boolean;
  /** minutes from starting a timed exam to its end */
  timeLimit: string;
  hasNoLimit: boolean;
  /** percent of the time from opening to the deadline that is added */
  extraTime: string;
  /** empty, none, zero, or a share such as 0.1 */
  latePenalty: string;
  note: string;
}

export const EMPTY_FORM: TermsForm = {
  opens: '',
  deadline: '',
  hasNoDeadline: false,
  attempts: '',
  anyAttempts: false,
  timeLimit: '',
  hasNoLimit: false,
  extraTime: '',
  latePenalty: '',
  note: ''
};

/** The body of the request; null when nothing differs from the lab. */
export function changeOf(form: TermsForm): TermsChange | null {
  const change: TermsChange = {};
  if (form.opens) {
    change.opens = new Date(form.opens).toISOString();
  }
  if (form.hasNoDeadline) {
    change.deadline = null;
  } else if (form.deadline) {
    change.deadline = new Date(form.deadline).toISOString();
  }
  if (form.anyAttempts) {
    change.attempts = null;
  } else if (form.attempts) {
    change.attempts = Number(form.attempts);
  }
  if (form.hasNoLimit) {
    change.time_limit_minutes = null;
  } else if (form.timeLimit) {
    change.time_limit_minutes = Number(form.timeLimit);
  }
  if (form.extraTime) {
    change.extra_time = Number(form.extraTime) / 100;
  }
  if (form.latePenalty) {
    const isWord = form.latePenalty === 'none' || form.latePenalty === 'zero';
    change.late_penalty = isWord ? (form.latePenalty as 'none' | 'zero') : Number(form.latePenalty);
  }
  return Object.keys(change).length === 0 ? null : { ...change, note: form.note.trim() };
}

/** The labels in a text with commas between them. */
export function labelsIn(text: string): string[] {
  const labels = text.split(',').map(label => label.trim());
  return [...new Set(labels.filter(label => label !== ''))];
}
