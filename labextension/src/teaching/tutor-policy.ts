/** What an instructor says about the tutor: from the form to the API, and in words. Pure. */

import type { TutorPolicy, TutorPolicyChange } from '../api/contract';
import { readersLocale } from '../format';

type Exam = TutorPolicy['exams'][number];

export interface PolicyForm {
  mode: '' | 'off' | 'hints' | 'chat';
  withoutModel: boolean;
  tokens: string;
  wait: string;
  avoid: string;
  context: string;
  /** local times, as `<input type="datetime-local">` gives them */
  examFrom: string;
  examUntil: string;
}

export const EMPTY_POLICY: PolicyForm = {
  mode: '',
  withoutModel: false,
  tokens: '',
  wait: '',
  avoid: '',
  context: '',
  examFrom: '',
  examUntil: ''
};

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

/** What the form says; null while it says nothing, or a number is none. */
export function policyOf(form: PolicyForm): TutorPolicyChange | null {
  const tokens = numberIn(form.tokens);
  const wait = numberIn(form.wait);
  const exam = examIn(form);
  if (tokens === null || wait === null || exam === null) {
    return null;
  }
  const words = form.avoid
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '');
  const said: TutorPolicyChange = {
    ...(form.mode && { mode: form.mode }),
    ...(form.withoutModel && { model: 'none' as const }),
    ...(tokens !== undefined && { tokens_per_day: tokens }),
    ...(wait !== undefined && { level_wait_s: wait }),
    ...(words.length > 0 && { avoid: words }),
    ...(form.context.trim() && { context: form.context.trim() }),
    ...(exam && { exams: [exam] })
  };
  return Object.keys(said).length > 0 ? said : null;
}

/** The exam; undefined where none is written, null where it has no beginning, or no end after it. */
function examIn({ examFrom, examUntil }: PolicyForm): Exam | undefined | null {
  if (examFrom === '' && examUntil === '') {
    return undefined;
  }
  const [begins, ends] = [new Date(examFrom), new Date(examUntil)];
  return begins < ends ? { begins_at: begins.toISOString(), ends_at: ends.toISOString() } : null;
}

/** A whole number; undefined where nothing is written, null where it is none. */
function numberIn(text: string): number | undefined | null {
  const written = text.trim();
  if (written === '') {
    return undefined;
  }
  return /^\d{1,9}$/.test(written) ? Number(written) : null;
}

/** A policy in words, one thing after the other. */
export function saidBy(policy: TutorPolicy, trans: Words): string[] {
  const modes = {
    off: trans.__('the tutor is off'),
    hints: trans.__('hints, no chat'),
    chat: trans.__('hints and chat')
  };
  return [
    policy.mode && modes[policy.mode],
    policy.model === 'none'
      ? trans.__('no language model')
      : policy.model && trans.__('model %1', policy.model),
    policy.tokens_per_day !== null && trans.__('%1 tokens a day', policy.tokens_per_day),
    policy.money_per_day !== null && trans.__('%1 a day', policy.money_per_day),
    policy.level_wait_s !== null && trans.__('%1 seconds between levels', policy.level_wait_s),
    policy.avoid.length > 0 && trans.__('without: %1', policy.avoid.join(', ')),
    policy.context !== '' && trans.__('“%1”', policy.context),
    ...policy.exams.map(({ begins_at, ends_at }) =>
      trans.__('off in an exam from %1 to %2', local(begins_at), local(ends_at))
    )
  ].filter(part => typeof part === 'string');
}

function local(moment: string): string {
  return new Date(moment).toLocaleString(readersLocale(), { dateStyle: 'medium', timeStyle: 'short' });
}
