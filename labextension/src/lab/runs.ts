/** What of a notebook's results still holds: which cells ran, in which order, on which text. Pure. */

/** The last time that a cell ran in the present kernel. */
export interface Run {
  /** the cell's text as it ran */
  source: string;
  /** counts the runs of the notebook */
  order: number;
  /** milliseconds since 1970 */
  begun: number;
  /** null while it runs */
  ended: number | null;
  failed: boolean;
}

export interface CodeCell {
  id: string;
  source: string;
}

export type RunState =
  | { kind: 'never' }
  | { kind: 'running'; since: number }
  | { kind: 'done'; ms: number }
  | { kind: 'failed' }
  /** the text is another one by now */
  | { kind: 'changed' }
  /** a cell above it ran later */
  | { kind: 'out-of-order' };

export type Runs = ReadonlyMap<string, Run>;

/** How each code cell is, from the top. */
export function runStates(cells: CodeCell[], runs: Runs): RunState[] {
  let latestAbove = 0;
  return cells.map(({ id, source }) => {
    const run = runs.get(id);
    const state = stateOf(source, run, latestAbove);
    latestAbove = Math.max(latestAbove, run?.order ?? 0);
    return state;
  });
}

function stateOf(source: string, run: Run | undefined, latestAbove: number): RunState {
  if (!run) {
    return { kind: 'never' };
  }
  if (run.ended === null) {
    return { kind: 'running', since: run.begun };
  }
  if (run.source !== source) {
    return { kind: 'changed' };
  }
  if (run.order < latestAbove) {
    return { kind: 'out-of-order' };
  }
  return run.failed ? { kind: 'failed' } : { kind: 'done', ms: run.ended - run.begun };
}

/** The cells to run again so that every result is that of its text, in the order of the page: indexes, from the top. */
export function staleCells(states: RunState[]): number[] {
  const first = states.findIndex(({ kind }) => kind === 'changed' || kind === 'out-of-order');
  return states.flatMap(({ kind }, index) =>
    first !== -1 && index >= first && kind !== 'never' ? [index] : []
  );
}

/** Whether the notebook, as it stands, ran from the top to the bottom; else what stands in the way. */
export interface FromTheTop {
  never: number;
  stale: number;
  failed: number;
}

export function fromTheTop(states: RunState[]): FromTheTop {
  const count = (kinds: RunState['kind'][]) => states.filter(({ kind }) => kinds.includes(kind)).length;
  return { never: count(['never']), stale: count(['changed', 'out-of-order']), failed: count(['failed']) };
}
