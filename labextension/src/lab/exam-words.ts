/** A timed exam in words, for the learner and for those who teach. Pure. */

import type { ChangedTerm, ExamOnLab, StudentExam } from '../api/contract';
import { clock, moment, timeOfDay } from '../format';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

/** What a learner may do now, and why. */
export function examWords(exam: ExamOnLab, trans: Words): string {
  switch (exam.access) {
    case 'early':
      return trans.__('This exam is not open yet.');
    case 'ready':
      return trans.__(
        'This is a timed exam. Once you start you have %1, whatever happens meanwhile; it ends by itself, and what you have then is handed in. The results are shown when your instructor releases them. %2',
        duration(exam.limit_minutes, trans),
        closedWords(exam, trans)
      );
    case 'closed':
      return trans.__('It is too late to start this exam.');
    case 'time_up':
      return exam.ended_at === null
        ? trans.__('Your time is over. What you have is being handed in.')
        : trans.__('Your time was over at %1. What you had was handed in.', timeOfDay(exam.ended_at));
    default:
      return trans.__(
        'Your time ends at %1. %2',
        exam.ends_at === null ? '–' : timeOfDay(exam.ends_at),
        closedWords(exam, trans)
      );
  }
}

const AIDS: Record<ExamOnLab['closed'][number], (trans: Words) => string> = {
  forum: trans => trans.__('the forum'),
  playground: trans => trans.__('the playground'),
  tutor: trans => trans.__('hints and chat')
};

/** What a learner does without while the exam runs; empty where everything stays open. */
function closedWords({ closed }: ExamOnLab, trans: Words): string {
  const names = closed.map(aid => AIDS[aid](trans)).join(', ');
  return names && trans.__('Closed to you until it is over: %1.', names);
}

/** How long is left, as a clock shows it. */
export function leftWords(seconds: number, trans: Words): string {
  return trans.__('%1 left', clock(seconds));
}

/** 90 → "1 hour 30 minutes" */
export function duration(minutes: number, trans: Words): string {
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  const words = [
    hours === 1 ? trans.__('1 hour') : trans.__('%1 hours', hours),
    rest === 1 ? trans.__('1 minute') : trans.__('%1 minutes', rest)
  ];
  return words.filter((_, place) => (place === 0 ? hours > 0 : rest > 0 || hours === 0)).join(' ');
}

/** How a lab stands for a student, and why, for those who teach. */
export function standingWords(student: StudentExam, trans: Words): string {
  return [
    ACCESS[student.access](student, trans),
    ...penalty(student, trans),
    ...because(student, trans)
  ].join(' · ');
}

const at = (time: string | null) => (time === null ? '–' : moment(time));

const ACCESS: Record<StudentExam['access'], (student: StudentExam, trans: Words) => string> = {
  early: ({ opens }, trans) => trans.__('opens %1', at(opens)),
  ready: ({ limit_minutes }, trans) =>
    trans.__('may start, and has %1 then', duration(limit_minutes ?? 0, trans)),
  closed: ({ deadline }, trans) => trans.__('did not start before the deadline, %1', at(deadline)),
  open: ({ started_at, ends_at, deadline }, trans) =>
    started_at === null
      ? deadline === null
        ? trans.__('open, without a deadline')
        : trans.__('open, due %1', at(deadline))
      : trans.__('started %1, has until %2', at(started_at), at(ends_at)),
  late: ({ deadline }, trans) => trans.__('late: was due %1', at(deadline)),
  used_up: (_, trans) => trans.__('has no attempt left'),
  time_up: ({ ends_at, ended_at, problem }, trans) =>
    problem
      ? trans.__('time was over %1; nothing was handed in: %2', at(ends_at), problem)
      : ended_at === null
        ? trans.__('time was over %1; it is being handed in', at(ends_at))
        : trans.__('time was over %1; handed in', at(ends_at))
};

function penalty({ penalty: share }: StudentExam, trans: Words): string[] {
  return share > 0 ? [trans.__('handing in now costs %1%', Math.round(share * 100))] : [];
}

/** Whose terms decide, where they are not the lab's own. */
function because({ changed_terms }: StudentExam, trans: Words): string[] {
  const [first] = changed_terms;
  if (!first) {
    return [];
  }
  const owners = new Set(changed_terms.map(term => owner(term, trans)));
  return [trans.__('by terms of %1', [...owners].join(', '))];
}

function owner({ by, class_name }: ChangedTerm, trans: Words): string {
  switch (by) {
    case 'learner':
      return trans.__('their own');
    case 'label':
      return trans.__('a label in %1', class_name ?? '');
    default:
      return class_name ?? '';
  }
}
