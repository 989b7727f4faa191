import type { Draft } from '../api/contract';

export interface DraftProps {
  draft: Draft;
  /** it is another now: as given, or to be asked for */
  changed: (draft?: Draft) => void;
}
