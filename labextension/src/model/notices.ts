/** What a notification or an event says to a person. Pure. */

import type { NexusEvent } from '../api/contract';
import { timeOfDay } from '../format';
import { givenName } from '../given-names';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

interface Told {
  type: string;
  payload: Record<string, unknown>;
}

/** A sentence for the bell. */
export function noticeText({ type, payload }: Told, words: Words): string {
  const text = (name: string) => String(payload[name] ?? '');
  switch (type) {
    case 'badge.earned':
      return words.__('You earned the badge “%1”.', givenName(text('name'), words));
    case 'rank.up':
      return words.__('You are now %1.', givenName(text('rank'), words));
    case 'submission.graded':
      return words.__('“%1” was graded.', text('title') || words.__('Your lab'));
    case 'submission.marked':
      return words.__('A person marked “%1”.', text('title'));
    case 'regrade.answered':
      return payload.is_changed
        ? words.__('Points in “%1” were changed after your request.', text('title'))
        : words.__('Your request about “%1” was answered.', text('title'));
    case 'class.message':
      return words.__('%1: %2. %3', text('cohort'), text('subject'), text('text'));
    case 'files.restored':
      return words.__(
        'The server with your files was lost. They are as they were stored at %1; what you saved after that is missing.',
        timeOfDay(text('stored_at'))
      );
    case 'forum.accepted':
      return words.__('Your answer in “%1” was accepted.', text('title'));
    case 'forum.reported':
      return payload.hidden
        ? words.__('Reports have hidden a post in “%1”.', text('title'))
        : words.__('A post in “%1” was reported.', text('title'));
    case 'help.asked':
      return words.__('%1 is stuck and asks for help.', text('learner'));
    case 'help.answered':
      return payload.title
        ? words.__('Your question about “%1” was answered.', text('title'))
        : words.__('Your question was answered.');
    case 'forum.mention':
      return words.__('Somebody named you in “%1”.', text('title'));
    case 'forum.reply':
      return words.__('There is a new post in “%1”, which you follow.', text('title'));
    case 'forum.answer':
      return words.__('There is a new answer in “%1”.', text('title'));
    default:
      return text('message') || text('title') || type.replace(/[._]/g, ' ');
  }
}

export type NoticeTarget =
  | { kind: 'node'; id: string }
  | { kind: 'thread'; id: string }
  | { kind: 'badges' }
  | { kind: 'teaching' };

/** Where a notification leads; null when there is nothing to see. */
export function targetOf({ type, payload }: Told): NoticeTarget | null {
  if (type === 'badge.earned' || type === 'rank.up') {
    return { kind: 'badges' };
  }
  if (type === 'grading.failed' || type === 'help.asked' || type.startsWith('content.')) {
    return { kind: 'teaching' };
  }
  const { thread_id: thread, node_id: node } = payload;
  if (typeof thread === 'string') {
    return { kind: 'thread', id: thread };
  }
  return typeof node === 'string' ? { kind: 'node', id: node } : null;
}

export interface Toast {
  kind: 'success' | 'info' | 'warning' | 'error';
  text: string;
}

/** What pops up when an event arrives; null for what happens silently. */
export function toastOf(event: NexusEvent, words: Words): Toast | null {
  switch (event.type) {
    case 'xp.awarded':
      return {
        kind: 'success',
        text: event.streak_bonus
          ? words.__('+%1 XP, %2 of them for your streak', event.amount, event.streak_bonus)
          : words.__('+%1 XP', event.amount)
      };
    case 'badge.earned':
      return { kind: 'success', text: words.__('New badge: %1', givenName(event.name, words)) };
    case 'rank.up':
      return { kind: 'success', text: words.__('Rank up! You are now %1.', givenName(event.rank, words)) };
    case 'streak.changed':
      return streakToast(event.streak_count, event.before, words);
    default:
      return null;
  }
}

function streakToast(count: number, before: number, words: Words): Toast | null {
  return count > before && count > 1 ? { kind: 'info', text: words.__('%1 days in a row!', count) } : null;
}
