/** What a learner has answered so far, kept in this browser until the quiz is passed. */

import type { Question, QuestionResult } from '../api/contract';
import type { Answers } from './answers';

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class QuizDraft {
  private readonly _key: string;

  constructor(
    learner: string,
    node: string,
    private readonly _store: Store = localStorage
  ) {
    this._key = `nexusai:quiz:${learner}:${node}`;
  }

  /** The kept answers that still fit the questions. */
  find(questions: Question[]): Answers {
    const kept = JSON.parse(this._store.getItem(this._key) ?? '{}') as Answers;
    const ids = new Set(questions.map(({ id }) => id));
    return Object.fromEntries(Object.entries(kept).filter(([id]) => ids.has(id)));
  }

  keep(answers: Answers): void {
    try {
      this._store.setItem(this._key, JSON.stringify(answers));
    } catch {
      // a browser that keeps nothing takes nothing away either
    }
  }

  forget(): void {
    this._store.removeItem(this._key);
  }
}

/** What stands in the form for the next try: the right answers, and nothing else. */
export function answersKept(answers: Answers, results: QuestionResult[], empty: Answers): Answers {
  const right = results.filter(({ correct }) => correct).map(({ id }) => id);
  return Object.fromEntries(
    Object.entries(empty).map(([id, blank]) => [id, right.includes(id) ? (answers[id] ?? blank) : blank])
  );
}

/** The heading that a link's fragment names, among the headings of a note. */
export function findHeading<H extends { id: string; textContent: string | null }>(
  headings: Iterable<H>,
  fragment: string
): H | null {
  const wanted = fragment.replace(/^#/, '').toLowerCase();
  return (
    [...headings].find(({ id, textContent }) => id === wanted || slugOf(textContent ?? '') === wanted) ?? null
  );
}

function slugOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s+/g, '-');
}
