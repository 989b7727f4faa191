import type { Draft } from '../api/contract';

export interface DraftProps {
  draft: Draft;
  /** it is another now: as given, or to be asked for */
  changed: (draft?: Draft) => void;
}

/** Why something could not be done, where it could not. */
export function Trouble({ action: { problem } }: { action: { problem: string | null } }) {
  return problem ? (
    <p className="nx-inline-problem" role="alert">
      {problem}
    </p>
  ) : null;
}
