/** When one document is saved: soon after each edit, at each run, and never while that cannot work. */

import { Observable } from '../model/observable';
import type { Draft, DraftStore } from './drafts';

/** a draft is in the browser this long after a key, at the latest */
const DRAFT_MS = 300;
/** a pause in typing that is worth a save */
const PAUSE_MS = 2_000;
/** who types without a pause is saved all the same */
const LONGEST_MS = 10_000;

/** The document, as far as saving is concerned. */
export interface SavedDocument {
  path(): string;
  text(): string;
  /** what a person typed in it, without what cells printed */
  typed(): string;
  isDirty(): boolean;
  markDirty(): void;
  canSave(): boolean;
  save(): Promise<void>;
  /** Resolves when no save is under way, whoever began it. */
  settled(): Promise<void>;
}

export interface SaverOptions {
  drafts: DraftStore;
  /** null until it is known */
  learner: () => string | null;
  /** whether a save has a chance right now */
  mayTry: () => boolean;
  now?: () => number;
  schedule?: (run: () => void, delayMs: number) => ReturnType<typeof setTimeout>;
}

export interface SaverState {
  /** a draft of an earlier visit waits for a person's answer: it is neither replaced nor forgotten */
  offered: boolean;
  /** somebody else saved another version meanwhile: a person has to decide */
  conflict: boolean;
}

export class Saver extends Observable<SaverState> {
  /** edits since the last save began */
  private _edits = 0;
  /** what was typed when the document was opened or last saved */
  private _known: string | null = null;
  private _typedAtSave: string | null = null;
  private _firstEditAt: number | null = null;
  private _saving: Promise<boolean> | null = null;
  private _saveTimer: ReturnType<typeof setTimeout> | null = null;
  private _draftTimer: ReturnType<typeof setTimeout> | null = null;
  private readonly _now: () => number;
  private readonly _schedule: NonNullable<SaverOptions['schedule']>;

  constructor(
    readonly document: SavedDocument,
    private readonly _options: SaverOptions
  ) {
    super({ conflict: false, offered: false });
    this._now = _options.now ?? Date.now;
    this._schedule = _options.schedule ?? ((run, delayMs) => setTimeout(run, delayMs));
  }

  /** The document is there, as the server has it. */
  opened(): void {
    this._known = this.document.typed();
  }

  /** The document changed. */
  edited(): void {
    this._edits++;
    this._firstEditAt ??= this._now();
    this._draftTimer ??= this._schedule(() => void this.keepDraft(), DRAFT_MS);
    const left = this._firstEditAt + LONGEST_MS - this._now();
    this._saveAfter(Math.max(0, Math.min(PAUSE_MS, left)));
  }

  /** Save as soon as the present task is over. */
  soon(): void {
    this._saveAfter(0);
  }

  /** Somebody began to save: what is typed from now on is not in it. */
  saveBegan(): void {
    this._edits = 0;
    this._firstEditAt = null;
    this._typedAtSave = this.document.typed();
  }

  /** The server has the document as it was when the save began. */
  saved(): void {
    this._known = this._typedAtSave;
    this.set({ conflict: false });
    if (this._edits > 0) {
      // JupyterLab takes the document for clean although more was typed meanwhile
      this.document.markDirty();
      this._saveAfter(PAUSE_MS);
      return;
    }
    void this._forgetDraft();
  }

  /** Save until the server has everything; false when it has not. */
  async save(): Promise<boolean> {
    if (this._options.mayTry()) {
      await this.document.settled();
    }
    for (let tries = 0; tries < 3 && this.document.isDirty(); tries++) {
      if (!this._isPossible() || !(await this._saveOnce())) {
        return false;
      }
    }
    return !this.document.isDirty();
  }

  /** Put the document as it is into the browser's own store. */
  async keepDraft(): Promise<void> {
    this._stopDraftTimer();
    const draft = this._draft();
    if (draft) {
      // a browser that keeps nothing (a private window, a full disk) takes nothing away either
      await this._options.drafts.keep(draft).catch(() => undefined);
    }
  }

  /** Whether something was typed that the server does not have. */
  hasNewText(): boolean {
    return this.document.typed() !== this._known;
  }

  /** The same at once, because the page is about to go. */
  keepDraftNow(): void {
    const draft = this._draft();
    if (draft) {
      this._options.drafts.keepNow(draft);
    }
  }

  dispose(): void {
    this._stopDraftTimer();
    this._stopSaveTimer();
  }

  /** What the server does not have yet; null when there is nothing. */
  private _draft(): Draft | null {
    const { document } = this;
    const learner = this._options.learner();
    const isNew = document.isDirty() && this.hasNewText();
    if (learner === null || !isNew || !document.canSave() || this.snapshot().offered) {
      return null;
    }
    return { learner, path: document.path(), text: document.text(), typedAt: this._now() };
  }

  private _isPossible(): boolean {
    return this.document.canSave() && this._options.mayTry() && !this.snapshot().conflict;
  }

  private _saveOnce(): Promise<boolean> {
    this._saving ??= this.document
      .save()
      .then(
        () => true,
        () => false
      )
      .finally(() => {
        this._saving = null;
      });
    return this._saving;
  }

  private async _forgetDraft(): Promise<void> {
    this._stopDraftTimer();
    const learner = this._options.learner();
    if (learner !== null && !this.snapshot().offered) {
      await this._options.drafts.forget(learner, this.document.path()).catch(() => undefined);
    }
  }

  private _saveAfter(delayMs: number): void {
    this._stopSaveTimer();
    this._saveTimer = this._schedule(() => void this.save(), delayMs);
  }

  private _stopSaveTimer(): void {
    if (this._saveTimer !== null) {
      clearTimeout(this._saveTimer);
      this._saveTimer = null;
    }
  }

  private _stopDraftTimer(): void {
    if (this._draftTimer !== null) {
      clearTimeout(this._draftTimer);
      this._draftTimer = null;
    }
  }
}
