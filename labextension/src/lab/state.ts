/** What a lab session knows, and what it needs of the notebook. */

import type { CellError, FirstHint, Hint, HintRequest, Submission, Unlocked } from '../api/contract';
import { Observable } from '../model/observable';
import type { CellLike, CheckResult } from './checks';

export interface NotebookJson {
  cells: CellLike[];
  [name: string]: unknown;
}

/** The notebook, as far as a lab session needs it. */
export interface LabNotebook {
  /** where it is in the workspace */
  path(): string;
  json(): NotebookJson;
  cells(): CellLike[];
  activeIndex(): number;
  /** Run every code cell from top to bottom; reports how many are done. Tells which cells ran. */
  runAll(progress: (done: number, total: number) => void): Promise<Set<number>>;
  save(): Promise<void>;
  /** Tells whenever cells ran, or the kernel came back. */
  onRun(listener: () => void): void;
  /** Show what is on disk now. */
  reload(): Promise<void>;
}

export interface ShownHint extends Hint {
  /** the request it answers, to ask for more */
  request: HintRequest;
  rated: boolean | null;
}

/** What the panel shows, and which of it came last. */
export type LabPart = 'check' | 'grade' | 'hint';

export interface LabState {
  latest: LabPart | null;
  checking: { done: number; total: number } | null;
  checks: CheckResult[] | null;
  sending: boolean;
  /** handed in, and held here until the server can be reached */
  held: boolean;
  submission: Submission | null;
  asking: boolean;
  /** the hint that is being written, so far */
  draft: string | null;
  hints: ShownHint[];
  /** what stands under a failed cell without a click */
  first: (FirstHint & { request: ErrorRequest }) | null;
  /** what the last grade unlocked */
  unlocked: Unlocked[];
  /** where the work was kept that a new version of the lab replaced */
  keptPath: string | null;
  problem: string | null;
}

/** A request for a hint that is about an error. */
export type ErrorRequest = HintRequest & { error: CellError };

export class LabStates extends Observable<LabState> {
  constructor() {
    super({
      latest: null,
      checking: null,
      checks: null,
      sending: false,
      held: false,
      submission: null,
      asking: false,
      draft: null,
      hints: [],
      first: null,
      unlocked: [],
      keptPath: null,
      problem: null
    });
  }
}

/** Whether a submission still waits for its grade. */
export function isOpen(submission: Submission | null): boolean {
  return submission?.status === 'queued' || submission?.status === 'running';
}
