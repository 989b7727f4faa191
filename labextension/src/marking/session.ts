/** Marking one question: what is in hand, what it is given, and what is on its way. */

import type { AnswersInHand, Likeness, MarkOutcome, Rubric } from '../api/contract';
import { messageOf } from '../api/errors';
import type { NexusHandler } from '../api/handler';
import { routes } from '../api/routes';
import { Observable } from '../model/observable';

/** answers that one request marks at most */
const AT_ONCE = 500;

export interface QuestionPlace {
  cohortId: string;
  nodeId: string;
  gradeId: string;
}

export interface DeskState {
  held: AnswersInHand | null;
  by: Likeness;
  /** ids of the items that are chosen */
  chosen: string[];
  comment: string;
  /** points instead of the rubric's sum; empty: the sum */
  points: string;
  /** whether the first answer alone is marked, not the group */
  isOneOnly: boolean;
  isLoading: boolean;
  /** marks on their way */
  sending: number;
  marked: number;
  /** whether there is something to undo */
  canUndo: boolean;
  problem: string | null;
  /** what came of the last mark, where it did not reach everybody */
  left: MarkOutcome['left'];
}

const FRESH = { chosen: [], comment: '', points: '', isOneOnly: false };

export class MarkingSession extends Observable<DeskState> {
  /** answers not to be given again: skipped, or their marks are on their way */
  private readonly _leave = new Set<string>();
  private readonly _batches: string[] = [];
  private _sending: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly _api: NexusHandler,
    private readonly _place: QuestionPlace
  ) {
    super({
      held: null,
      by: 'alike',
      ...FRESH,
      isLoading: true,
      sending: 0,
      marked: 0,
      canUndo: false,
      problem: null,
      left: []
    });
  }

  /** Take what comes next, or the group of an answer. */
  async next(answerId: string | null = null): Promise<void> {
    this.set({ isLoading: true, ...FRESH });
    const wanted = { by: this.snapshot().by, leave: [...this._leave], answer_id: answerId };
    await this._try(async () => {
      const held = await this._api.post(routes.markingNext(this._place), wanted);
      this.set({ held, problem: null });
    });
    this.set({ isLoading: false });
  }

  /** Group by something else; what is in hand goes back. */
  async groupBy(by: Likeness): Promise<void> {
    await this._release();
    this._leave.clear();
    this.set({ by });
    await this.next();
  }

  choose(itemId: string): void {
    const { chosen } = this.snapshot();
    this.set({
      chosen: chosen.includes(itemId) ? chosen.filter(id => id !== itemId) : [...chosen, itemId]
    });
  }

  /** Whether what was chosen makes a mark. */
  mayGive({ starts_full }: Pick<Rubric, 'starts_full'>): boolean {
    const { held, chosen, points, isLoading } = this.snapshot();
    const isNumber = points.trim() === '' || Number.isFinite(Number(points));
    const says = chosen.length > 0 || points.trim() !== '' || starts_full;
    return !isLoading && held?.answer != null && isNumber && says;
  }

  /** Give the mark and go on at once: it reaches the server meanwhile. */
  async give(): Promise<void> {
    const { held, isOneOnly, chosen, comment, points, isLoading } = this.snapshot();
    if (isLoading || !held?.answer) {
      return;
    }
    const ids = isOneOnly ? held.ids.slice(0, 1) : held.ids;
    const mark = {
      items: chosen,
      comment: comment.trim() || null,
      points: points.trim() === '' ? null : Number(points)
    };
    for (const id of ids) {
      this._leave.add(id);
    }
    this._sending = Promise.all([this._sending, this._send(ids, mark)]);
    await this.next();
  }

  /** Leave what is in hand for later, or for somebody else. */
  async skip(): Promise<void> {
    for (const id of this.snapshot().held?.ids ?? []) {
      this._leave.add(id);
    }
    await this._release();
    await this.next();
  }

  /** Take the last mark back, once it arrived; its answers wait again. */
  async undo(): Promise<void> {
    await this._sending;
    const batch_id = this._batches.pop();
    if (batch_id === undefined) {
      return;
    }
    this.set({ canUndo: this._batches.length > 0 });
    await this._try(async () => {
      const { undone } = await this._api.post(routes.markingUndo(this._place), { batch_id });
      this.set({ marked: Math.max(0, this.snapshot().marked - undone), problem: null });
    });
    await this.next();
  }

  /** Give back what is in hand, and wait for what is on its way. */
  async close(): Promise<void> {
    await this._release();
    await this._sending;
  }

  private async _send(ids: string[], mark: object): Promise<void> {
    this.set({ sending: this.snapshot().sending + 1 });
    let batch_id: string | null = null;
    await this._try(async () => {
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        const answers = ids.slice(at, at + AT_ONCE);
        const out: MarkOutcome = await this._api.post(routes.marks(this._place), {
          answers,
          batch_id,
          ...mark
        });
        batch_id = out.batch_id;
        this.set({ marked: this.snapshot().marked + out.marked, left: out.left });
      }
    });
    for (const id of ids) {
      this._leave.delete(id);
    }
    if (batch_id !== null) {
      this._batches.push(batch_id);
    }
    this.set({ sending: this.snapshot().sending - 1, canUndo: this._batches.length > 0 });
  }

  private async _release(): Promise<void> {
    const answers = this.snapshot().held?.ids ?? [];
    this.set({ held: null });
    if (answers.length > 0) {
      await this._try(() => this._api.post(routes.markingRelease(this._place), { answers }));
    }
  }

  private async _try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.set({ problem: messageOf(error) });
    }
  }
}
