/** A lab's terms in words. Pure. */

import type { LabTerms, TermsOverride } from '../api/contract';
import { moment } from '../format';
import { duration } from './exam-words';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
  _n: (one: string, many: string, count: number) => string;
}

type Values = Pick<LabTerms, 'opens' | 'deadline' | 'late_penalty' | 'attempts'> &
  Partial<Pick<TermsOverride, 'extra_time' | 'time_limit_minutes'>>;
type Term = TermsOverride['named'][number];

/** One line for each term that is named. */
export function inWords(values: Values, named: Term[], trans: Words): string[] {
  const words: Record<Term, () => string> = {
    opens: () =>
      values.opens === null ? trans.__('open from the start') : trans.__('opens %1', moment(values.opens)),
    deadline: () =>
      values.deadline === null ? trans.__('no deadline') : trans.__('due %1', moment(values.deadline)),
    late_penalty: () => lateness(values.late_penalty, trans),
    attempts: () =>
      values.attempts === null
        ? trans.__('any number of attempts')
        : trans._n('%1 attempt', '%1 attempts', values.attempts),
    extra_time: () => trans.__('%1% more time', Math.round((values.extra_time ?? 0) * 100)),
    time_limit_minutes: () =>
      typeof values.time_limit_minutes === 'number'
        ? trans.__('timed exam: %1', duration(values.time_limit_minutes, trans))
        : trans.__('no time limit')
  };
  return named.map(term => words[term]());
}

function lateness(rule: Values['late_penalty'], trans: Words): string {
  if (rule === 'none') {
    return trans.__('late work loses nothing');
  }
  if (rule === 'zero') {
    return trans.__('late work earns nothing');
  }
  return trans.__('late work loses %1% for each day begun', Math.round(Number(rule) * 100));
}
