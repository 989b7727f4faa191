/** The JSON of the HTTP contract, third part: what instructors see. */

import type { CellLike } from '../lab/checks';
import type { Id, NodeDetail, NodeType, Question, Submission, Time } from './contract';

/** A class, to its instructors. */
export interface Cohort {
  id: Id;
  name: string;
  join_code: string;
  students: number;
  archived_at: Time | null;
}

export interface GradebookNode {
  id: Id;
  slug: string;
  title: string;
  type: NodeType;
  points: number;
}

export interface GradebookCell {
  node_id: Id;
  /** null: not begun */
  status: string | null;
  /** share of the points, 0 to 1 */
  score: number | null;
  attempts: number;
  needs_manual: boolean;
  /** opened days ago and not completed */
  is_stuck: boolean;
}

export interface GradebookRow {
  user_id: Id;
  display_name: string;
  email: string;
  xp: number;
  completed: number;
  /** mean share over all nodes, weighted by their points */
  score: number;
  cells: GradebookCell[];
}

export interface Gradebook {
  roadmap: string;
  nodes: GradebookNode[];
  items: GradebookRow[];
}

/** A graded cell or a question: how often it was tried and missed, and what learners were told. */
export interface PointOfFailure {
  id: string;
  tried: number;
  missed: number;
  messages: { message: string; count: number }[];
}

export interface NodeAnalytics {
  node_id: Id;
  students: number;
  opened: number;
  completed: number;
  stuck: Id[];
  mean_score: number | null;
  /** students by score, from 0 to 1 in ten steps */
  score_distribution: number[];
  mean_attempts: number | null;
  points_of_failure: PointOfFailure[];
}

export interface TaughtSubmission extends Submission {
  user_id: Id;
  display_name: string;
}

/** A grade that a submission was once given. */
export interface GivenGrade {
  origin: 'autograde' | 'regrade' | 'manual';
  score: number;
  max_score: number;
  comment: string | null;
  graded_at: Time;
}

export interface Notebook {
  cells: CellLike[];
}

export interface SubmissionDetail extends TaughtSubmission {
  notebook: Notebook;
  /** the newest first */
  grades: GivenGrade[];
}

export interface Side {
  submission_id: Id;
  user_id: Id;
  display_name: string;
  code: string;
}

/** first and last line on the left, then on the right, counted from 1 */
export type Match = [number, number, number, number];

export interface SimilarPair {
  similarity: number;
  first: Side;
  second: Side;
  matches: Match[];
}

export interface SimilarityReport {
  compared: number;
  items: SimilarPair[];
}

export interface NodePreview {
  node: NodeDetail;
  questions: Question[] | null;
  notebook: Notebook | null;
}

export interface ContentProblem {
  file: string;
  line: number;
  severity: string;
  message: string;
}

export interface ContentStatus {
  roadmaps: number;
  nodes: number;
  archived_nodes: number;
  /** changed on disk since the last sync */
  pending: string[];
  problems: ContentProblem[];
}

export interface SyncResult {
  created: string[];
  updated: string[];
  archived: string[];
  unchanged: number;
  problems: ContentProblem[];
}
