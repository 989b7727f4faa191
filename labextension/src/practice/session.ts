/** A practice session: which part is asked, and how it went. Pure. */

import type { Practice, PracticeItem, PracticeTask } from '../api/contract';

/** A code task that is done right here. */
export type CodeTask = PracticeTask & { code: NonNullable<PracticeTask['code']> };

export type PracticePart = { kind: 'question'; item: PracticeItem } | { kind: 'code'; task: CodeTask };

export interface PracticeRun {
  /** questions, then code tasks */
  parts: readonly PracticePart[];
  /** whether it was right, by place; what was passed over has none */
  marks: readonly (boolean | null)[];
  /** the part that is looked at; at the end there is none */
  place: number;
}

export function begin({ items, tasks }: Pick<Practice, 'items' | 'tasks'>): PracticeRun {
  const parts: PracticePart[] = [
    ...items.map(item => ({ kind: 'question' as const, item })),
    ...tasks.filter(isCode).map(task => ({ kind: 'code' as const, task }))
  ];
  return { parts, marks: parts.map(() => null), place: 0 };
}

function isCode(task: PracticeTask): task is CodeTask {
  return task.code !== null;
}

/** Note what came of the present part, which stays in sight; of several tries at a code task the last one holds. */
export function answered(run: PracticeRun, isRight: boolean): PracticeRun {
  return { ...run, marks: run.marks.map((before, place) => (place === run.place ? isRight : before)) };
}

/** Go on to the next part, or to the end. */
export function goOn(run: PracticeRun): PracticeRun {
  return { ...run, place: Math.min(run.place + 1, run.parts.length) };
}

export function isOver({ place, parts }: PracticeRun): boolean {
  return place >= parts.length;
}

/** The present part among those of its kind, from 1, and how many there are. */
export function placeInKind({ parts, place }: PracticeRun): [number, number] {
  const { kind } = parts[place];
  const isAlike = (part: PracticePart) => part.kind === kind;
  return [parts.slice(0, place + 1).filter(isAlike).length, parts.filter(isAlike).length];
}

export interface ConceptOutcome {
  concept: string;
  right: number;
  asked: number;
}

/** How it went, by concept, in the order in which they were asked. */
export function outcomes({ parts, marks }: PracticeRun): ConceptOutcome[] {
  const found = new Map<string, ConceptOutcome>();
  for (const [place, part] of parts.entries()) {
    const { concept } = part.kind === 'question' ? part.item : part.task;
    const mark = marks[place];
    if (mark !== null) {
      const before = found.get(concept) ?? { concept, right: 0, asked: 0 };
      found.set(concept, { concept, right: before.right + (mark ? 1 : 0), asked: before.asked + 1 });
    }
  }
  return [...found.values()];
}
