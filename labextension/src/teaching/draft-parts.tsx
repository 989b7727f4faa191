import type { Draft, DraftStep } from '../api/contract';
import type { Action } from '../components/hooks';

export interface DraftProps {
  draft: Draft;
  /** it is another now: as given, or to be asked for */
  changed: (draft?: Draft) => void;
}

/** Something that is done to a draft, which is then another. */
export type DraftAct = Action<[() => Promise<Draft>]>;

export interface StepProps {
  draft: Draft;
  step: DraftStep;
  act: DraftAct;
}

/** A form of a step that says itself what goes wrong. */
export interface StepFormProps {
  draft: Draft;
  step: DraftStep;
  /** Change the draft behind whatever else changes it. */
  put: (work: () => Promise<Draft>) => Promise<void>;
}
