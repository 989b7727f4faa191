/** One lab of a draft while its author works on it: its cells, what is wrong with them, its draft, its students' view. */

import type { Draft, DraftProblem, DraftRelease } from '../api/contract';
import { messageOf } from '../api/errors';
import { routes } from '../api/routes';
import type { CellLike } from '../lab/checks';
import type { NexusModel } from '../model/model';
import { Observable } from '../model/observable';
import { type Region, regionsOf, unwrapped, usualLines, wrapped } from './regions';
import { type AuthorRole, freshId, markOf, roleOf, totalPoints, withRole } from './roles';
import { type Mistake, mistakesOf } from './rules';

/** A notebook as its author's tools see it. */
export interface AuthoredNotebook {
  path: () => string;
  cells: () => CellLike[];
  activeIndex: () => number;
  language: () => string;
  /** the lines that are selected in the active cell, counted from 0; null: none */
  selectedLines: () => { from: number; to: number } | null;
  setMetadata: (index: number, metadata: Record<string, unknown>) => void;
  setSource: (index: number, source: string) => void;
  select: (index: number) => void;
  save: () => Promise<void>;
  /** Hear of every change of cells, their metadata, and of which is active. */
  onChange: (listener: () => void) => void;
}

export interface AuthorState {
  cells: CellLike[];
  active: number;
  total: number;
  mistakes: Mistake[];
  draft: Draft | null;
  /** what the last check found in this lab */
  problems: DraftProblem[];
  /** the students' view, while it is shown */
  release: DraftRelease | null;
  showsRelease: boolean;
  /** why something could not be done */
  trouble: string;
}

/** What a choice cell begins with. */
export const CHOICE = '\n\n- [x] the right answer\n- [ ] a wrong one';

export class AuthorSession {
  readonly state: Observable<AuthorState>;
  private _isDisposed = false;

  constructor(
    readonly notebook: AuthoredNotebook,
    private readonly _model: NexusModel,
    private readonly _draftId: string
  ) {
    this.state = new Observable<AuthorState>({
      ...this._read(),
      draft: null,
      problems: [],
      release: null,
      showsRelease: false,
      trouble: ''
    });
    notebook.onChange(() => {
      if (!this._isDisposed) {
        this.state.set(this._read());
      }
    });
    this._model.event.connect(this._hear, this);
    void this.reload();
  }

  dispose(): void {
    this._isDisposed = true;
    this._model.event.disconnect(this._hear, this);
  }

  /** The file's path relative to the roadmap. */
  get file(): string {
    const { draft } = this.state.snapshot();
    return draft ? this.notebook.path().slice(draft.folder.length + 1) : '';
  }

  /** Whether a check or a publication of the draft is under way. */
  get isBusy(): boolean {
    return this.state.snapshot().draft?.outcome?.state === 'running';
  }

  setRole(index: number, role: AuthorRole): void {
    const cells = this.notebook.cells();
    const cell = cells[index];
    const source = sourceFor(role, String(cell.source), this.notebook.language());
    if (source !== cell.source) {
      this.notebook.setSource(index, source);
    }
    this.notebook.setMetadata(index, withRole(cell, role, freshId(cells, index, role)));
  }

  /** Change nbgrader's mark of a cell: its id or its points. */
  setMark(index: number, change: { grade_id?: string; points?: number }): void {
    const cell = this.notebook.cells()[index];
    this.notebook.setMetadata(index, { ...cell.metadata, nbgrader: { ...markOf(cell), ...change } });
  }

  /** Change what an author says of a cell; an empty list is left out. */
  setAuthored(index: number, key: 'concepts' | 'hints', values: string[]): void {
    const { nexus, ...rest } = this.notebook.cells()[index].metadata;
    const { [key]: _, ...others } = (nexus ?? {}) as Record<string, unknown>;
    const own = values.length > 0 ? { ...others, [key]: values } : others;
    this.notebook.setMetadata(index, Object.keys(own).length > 0 ? { ...rest, nexus: own } : rest);
  }

  /** Put what is selected in the active cell into a region, or what usually belongs there. */
  insertRegion(region: Region): void {
    const index = this.notebook.activeIndex();
    const source = String(this.notebook.cells()[index].source);
    const { from, to } = this.notebook.selectedLines() ?? usualLines(source, region);
    this.notebook.setSource(index, wrapped(source, region, this.notebook.language(), from, to));
  }

  /** Save, and run the whole check of this lab. */
  async check(): Promise<void> {
    await this._try(async () => {
      await this.notebook.save();
      const { draft } = this.state.snapshot();
      const step = draft?.steps.find(({ path }) => path === this.notebook.path())?.slug ?? null;
      const outcome = await this._model.api.post(routes.draftCheck(this._draftId), { step });
      if (draft) {
        this.state.set({ draft: { ...draft, outcome }, problems: [] });
      }
    });
  }

  /** Show or hide what students will get. */
  async toggleRelease(): Promise<void> {
    if (this.state.snapshot().showsRelease) {
      this.state.set({ showsRelease: false, release: null });
      return;
    }
    this.state.set({ showsRelease: true });
    await this._try(() => this.notebook.save());
    await this.reloadRelease();
  }

  /** Fetch the students' view anew, where it is shown: the notebook was saved. */
  async reloadRelease(): Promise<void> {
    if (!this.state.snapshot().showsRelease) {
      return;
    }
    await this._try(async () => {
      const release = await this._model.api.get(routes.draftRelease(this._draftId), { path: this.file });
      this.state.set({ release });
    });
  }

  async reload(): Promise<void> {
    await this._try(async () => {
      const draft = await this._model.api.get(routes.draft(this._draftId));
      const file = this.notebook.path().slice(draft.folder.length + 1);
      const problems = (draft.outcome?.problems ?? []).filter(problem => problem.file === file);
      this.state.set({ draft, problems });
    });
  }

  private async _try(act: () => Promise<void>): Promise<void> {
    this.state.set({ trouble: '' });
    try {
      await act();
    } catch (error) {
      this.state.set({ trouble: messageOf(error), release: null });
    }
  }

  private _hear(_: unknown, event: { type: string; draft_id?: string }): void {
    if (event.type === 'draft.changed' && event.draft_id === this._draftId) {
      void this.reload();
    }
  }

  private _read(): Pick<AuthorState, 'cells' | 'active' | 'total' | 'mistakes'> {
    const cells = this.notebook.cells();
    return {
      cells,
      active: this.notebook.activeIndex(),
      total: totalPoints(cells),
      mistakes: mistakesOf(cells)
    };
  }
}

/** A source that fits a role: hidden tests are in their region, a choice has options. */
function sourceFor(role: AuthorRole, source: string, language: string): string {
  const isHidden = regionsOf(source, 'HIDDEN TESTS').spans.length > 0;
  if (role === 'hidden' && !isHidden) {
    return wrapped(source, 'HIDDEN TESTS', language, 0, source.split('\n').length - 1);
  }
  if (role === 'singlechoice' || role === 'multiplechoice') {
    return /^ {0,3}(?:[-*+]|\d+[.)])[ \t]/m.test(source) ? source : `${source}${CHOICE}`;
  }
  const wasWhole = role === 'test' && roleOf({ cell_type: 'code', source, metadata: MADE_TEST }) === 'hidden';
  return wasWhole ? unwrapped(source, 'HIDDEN TESTS') : source;
}

const MADE_TEST = { nbgrader: { grade: true } };
