/** A quiz as a form has it: every kind of question with the same fields, and back to what its file says. */

import type { QuizChange, QuizSource } from '../api/contract';

type Source = QuizSource['questions'][number];
type Change = QuizChange['questions'][number];
export type QuestionKind = Source['type'];

export const KINDS: QuestionKind[] = ['single', 'multiple', 'ordering', 'numeric', 'text', 'code_output'];

export interface FormChoice {
  id: string;
  text: string;
  isRight: boolean;
  /** why it is wrong */
  why: string;
}

export interface FormQuestion {
  id: string;
  type: QuestionKind;
  prompt: string;
  points: string;
  explanation: string;
  choices: FormChoice[];
  /** what is accepted, one a line; or a number */
  answer: string;
  tolerance: string;
  code: string;
  /** what the form does not know, kept as it is */
  rest: { concepts: string[]; section: string | null; ignore_punctuation?: boolean };
}

export interface QuizForm {
  passingScore: string;
  shuffle: boolean;
  maxAttempts: string;
  questions: FormQuestion[];
}

export const EMPTY: QuizForm = { passingScore: '70', shuffle: true, maxAttempts: '', questions: [] };

export function hasChoices(type: QuestionKind): boolean {
  return type === 'single' || type === 'multiple' || type === 'ordering';
}

export function formOf(quiz: QuizSource | null): QuizForm {
  if (!quiz) {
    return EMPTY;
  }
  return {
    passingScore: String(Math.round((quiz.passing_score ?? 0.7) * 10_000) / 100),
    shuffle: quiz.shuffle ?? true,
    maxAttempts: String(quiz.max_attempts ?? ''),
    questions: quiz.questions.map(questionOf)
  };
}

function questionOf(source: Source): FormQuestion {
  const { id, type, prompt, points, explanation, concepts, section } = source;
  const rest = {
    concepts: concepts ?? [],
    section: section ?? null,
    ...(source.type === 'text' && source.ignore_punctuation ? { ignore_punctuation: true } : {})
  };
  return {
    id,
    type,
    prompt,
    points: String(points ?? 1),
    explanation: explanation ?? '',
    choices: choicesOf(source),
    answer: answerOf(source),
    tolerance: source.type === 'numeric' ? String(source.tolerance ?? 0) : '0',
    code: source.type === 'code_output' ? source.code : '',
    rest
  };
}

function choicesOf(source: Source): FormChoice[] {
  if (!('choices' in source)) {
    return [];
  }
  const right = new Set([source.answer].flat());
  const made = source.choices.map(({ id, text }) => ({
    id,
    text,
    isRight: right.has(id),
    why: source.why?.[id] ?? ''
  }));
  const places = [source.answer].flat();
  // The form shows an order as it has to be.
  return source.type === 'ordering' ? made.sort((a, b) => places.indexOf(a.id) - places.indexOf(b.id)) : made;
}

function answerOf(source: Source): string {
  return 'choices' in source ? '' : [source.answer].flat().join('\n');
}

/** What the file is to say. The server says what is still missing. */
export function changeOf(form: QuizForm): QuizChange {
  return {
    passing_score: Number(form.passingScore) / 100,
    shuffle: form.shuffle,
    max_attempts: form.maxAttempts.trim() === '' ? null : Number(form.maxAttempts),
    questions: form.questions.map(sourceOf)
  };
}

function sourceOf(question: FormQuestion): Change {
  const { id, prompt, explanation, rest } = question;
  const { ignore_punctuation: ignored, ...more } = rest;
  const common = { id, prompt, points: Number(question.points), explanation, ...more };
  const accepted = question.answer.split('\n').filter(line => line.trim() !== '');
  switch (question.type) {
    case 'numeric':
      return {
        ...common,
        type: 'numeric',
        answer: Number(question.answer),
        tolerance: Number(question.tolerance)
      };
    case 'text':
      return { ...common, type: 'text', answer: accepted, ignore_punctuation: ignored ?? false };
    case 'code_output':
      return { ...common, type: 'code_output', code: question.code, answer: [question.answer] };
    case 'single':
      return {
        ...common,
        ...chosen(question),
        type: 'single',
        answer: question.choices.find(each => each.isRight)?.id ?? ''
      };
    case 'multiple':
      return {
        ...common,
        ...chosen(question),
        type: 'multiple',
        answer: question.choices.filter(each => each.isRight).map(each => each.id)
      };
    case 'ordering':
      return {
        ...common,
        ...chosen(question),
        type: 'ordering',
        answer: question.choices.map(({ id }) => id)
      };
  }
}

function chosen({ choices, type }: FormQuestion) {
  const listed = choices.map(({ id, text }) => ({ id, text }));
  const why = Object.fromEntries(
    choices
      .filter(each => each.why.trim() !== '' && !(each.isRight && type !== 'ordering'))
      .map(each => [each.id, each.why])
  );
  // The file lists the choices of an order by their ids, so that the list does not tell the order.
  const sorted = type === 'ordering' ? listed.sort((a, b) => (a.id < b.id ? -1 : 1)) : listed;
  return { choices: sorted, why };
}

/** A new question of a kind, with an id that no other has. */
export function newQuestion(type: QuestionKind, taken: string[]): FormQuestion {
  let number = taken.length + 1;
  while (taken.includes(`q${number}`)) {
    number += 1;
  }
  const choices = hasChoices(type) ? [newChoice(['']), newChoice([''])] : [];
  return {
    id: `q${number}`,
    type,
    prompt: '',
    points: '1',
    explanation: '',
    choices,
    answer: '',
    tolerance: '0',
    code: '',
    rest: { concepts: [], section: null }
  };
}

/** A new choice. Its id goes to the browsers of learners, so it says nothing of the key or of the order. */
export function newChoice(taken: string[]): FormChoice {
  let id = '';
  while (id === '' || taken.includes(id)) {
    id = `c${Math.random().toString(36).slice(2, 7)}`;
  }
  return { id, text: '', isRight: false, why: '' };
}

/** The list with what stands at a place moved by one. */
export function moved<T>(items: T[], at: number, by: number): T[] {
  const to = at + by;
  if (to < 0 || to >= items.length) {
    return items;
  }
  const changed = [...items];
  [changed[at], changed[to]] = [changed[to] as T, changed[at] as T];
  return changed;
}
