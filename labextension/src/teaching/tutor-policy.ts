/** What an instructor says about the tutor: from the form to the API, and in words. Pure. */

import type { TutorPolicy, TutorPolicyChange } from '../api/contract';

export interface PolicyForm {
  mode: '' | 'off' | 'hints' | 'chat';
  withoutModel: boolean;
  tokens: string;
  wait: string;
  avoid: string;
  context: string;
}

export const EMPTY_POLICY: PolicyForm = {
  mode: '',
  withoutModel: false,
  tokens: '',
  wait: '',
  avoid: '',
  context: ''
};

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

/** What the form says; null while it says nothing, or a number is none. */
export function policyOf(form: PolicyForm): TutorPolicyChange | null {
  const tokens = numberIn(form.tokens);
  const wait = numberIn(form.wait);
  if (tokens === null || wait === null) {
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
    ...(form.context.trim() && { context: form.context.trim() })
  };
  return Object.keys(said).length > 0 ? said : null;
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
    policy.context !== '' && `“${policy.context}”`
  ].filter(part => typeof part === 'string');
}
