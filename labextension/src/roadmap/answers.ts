/** A learner's answers to a quiz while they are being given. Pure. */

import type { Answer, Question } from '../api/contract';

export type Answers = Record<string, Answer>;

/** What stands in the form before the learner touches it; an ordering question starts in the order it was sent. */
export function emptyAnswers(questions: Question[]): Answers {
  return Object.fromEntries(
    questions.map(question => {
      switch (question.type) {
        case 'multiple':
          return [question.id, []];
        case 'ordering':
          return [question.id, (question.choices ?? []).map(choice => choice.id)];
        default:
          return [question.id, ''];
      }
    })
  );
}

/** Questions without an answer yet, in order. */
export function unanswered(questions: Question[], answers: Answers): Question[] {
  return questions.filter(({ id }) => {
    const answer = answers[id];
    return answer === undefined || (typeof answer !== 'number' && answer.length === 0);
  });
}

/** Tick or untick one choice of several. */
export function toggled(answer: Answer | undefined, choice: string): string[] {
  const chosen = Array.isArray(answer) ? answer : [];
  return chosen.includes(choice) ? chosen.filter(id => id !== choice) : [...chosen, choice];
}

/** Move one item of an ordering up (-1) or down (+1); at the border nothing changes. */
export function moved(answer: Answer | undefined, item: string, by: -1 | 1): string[] {
  const order = Array.isArray(answer) ? [...answer] : [];
  const from = order.indexOf(item);
  const to = from + by;
  if (from === -1 || to < 0 || to >= order.length) {
    return order;
  }
  [order[from], order[to]] = [order[to], order[from]];
  return order;
}

/** The answers as the server takes them: numbers as numbers. */
export function toSend(questions: Question[], answers: Answers): Answers {
  return Object.fromEntries(
    questions
      .filter(({ id }) => answers[id] !== undefined && answers[id] !== '')
      .map(({ id, type }) => [id, type === 'numeric' ? toNumber(answers[id]) : answers[id]])
  );
}

function toNumber(answer: Answer): Answer {
  const text = String(answer).trim().replace(',', '.');
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : answer;
}
