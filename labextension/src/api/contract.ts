/** The JSON of the HTTP contract. The server's Pydantic models decide; these mirror them. */

export type Id = string;
/** RFC 3339, UTC */
export type Time = string;

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Role = 'student' | 'instructor' | 'admin';
export type Difficulty = 'beginner' | 'intermediate' | 'advanced';
export type NodeType = 'video' | 'note' | 'lab';
export type NodeStatus = 'locked' | 'available' | 'in_progress' | 'completed';

export interface User {
  id: Id;
  email: string;
  display_name: string;
  role: Role;
  timezone: string;
  xp: number;
  rank: string;
  /** null at the top */
  next_rank: NextRank | null;
  streak_count: number;
  longest_streak: number;
  last_login: Time | null;
  leaderboard_opt_out: boolean;
  email_verified: boolean;
  /** people who came through a provider may have none */
  has_password: boolean;
}

export interface NextRank {
  name: string;
  /** total XP at which it begins */
  from_xp: number;
}

export interface Roadmap {
  id: Id;
  slug: string;
  title: string;
  description: string;
  difficulty: Difficulty;
  node_count: number;
  completed_count: number;
  /** share of the nodes that I completed, 0 to 1 */
  completion: number;
}

export interface NodeSummary {
  id: Id;
  slug: string;
  title: string;
  type: NodeType;
  order_index: number;
  /** what opens the node, as an expression over node slugs */
  requires: Record<string, unknown>;
  status: NodeStatus;
  /** share of the points, 0 to 1 */
  score: number | null;
  points: number;
  /** what completing it pays, without a streak's bonus */
  xp: number;
  summary: string;
  /** how long it takes, as the author thinks */
  minutes: number | null;
  has_quiz: boolean;
}

export interface RoadmapDetail extends Roadmap {
  nodes: NodeSummary[];
}

export interface NodeVideo {
  url: string;
  duration_s: number | null;
  captions_url: string | null;
  transcript_html: string | null;
  /** share to be watched before the step can be completed; null: the learner decides */
  required_share: number | null;
}

export interface NodeLab {
  kernel_name: string;
  pass_score: number;
  /** how many submissions are allowed; null for any number */
  attempts: number | null;
  attempt_policy: string;
  deadline: Time | null;
  late_penalty: string | number;
  /** a newer release exists than the one in my workspace */
  new_version: boolean;
}

export interface NodeDetail extends NodeSummary {
  roadmap_id: Id;
  roadmap_slug: string;
  roadmap_title: string;
  difficulty: Difficulty;
  content_html: string;
  /** resume point: seconds into a video, or a share of a note */
  position: number | null;
  video: NodeVideo | null;
  watched: [number, number][] | null;
  /** share of the video, 0 to 1 */
  watched_share: number | null;
  lab: NodeLab | null;
}

export interface Unlocked {
  id: Id;
  slug: string;
  title: string;
  type: NodeType;
}

export interface Completed {
  status: NodeStatus;
  score: number | null;
  xp_awarded: number;
  unlocked: Unlocked[];
}

/** The stored resume point, and what watching brought. */
export interface Position {
  position: number;
  status: NodeStatus;
  watched_share: number | null;
  xp_awarded: number;
  unlocked: Unlocked[];
}

export interface ResetLab {
  path: string | null;
  /** where the work that it replaced was put */
  kept_path: string | null;
}

export interface OpenedNode {
  status: NodeStatus;
  /** of a lab: where the notebook is in my workspace */
  path: string | null;
  kernel_name: string | null;
}

export type QuestionType = 'single' | 'multiple' | 'numeric' | 'text' | 'ordering' | 'code_output';

export interface Choice {
  id: string;
  html: string;
}

export interface Question {
  id: string;
  type: QuestionType;
  prompt_html: string;
  points: number;
  choices: Choice[] | null;
  code: string | null;
}

export interface Quiz {
  passing_score: number;
  questions: Question[];
  max_attempts: number | null;
  attempts_left: number | null;
  best_score: number | null;
  passed: boolean;
}

export type Answer = string | string[] | number;

export interface QuestionResult {
  id: string;
  correct: boolean;
  points: number;
  max_points: number;
  /** shown once the quiz is passed, and after the last attempt */
  explanation_html: string | null;
  /** why the wrong choices that were made are wrong */
  why_html: string[];
  /** where in the note to read, as a link's fragment */
  section: string | null;
}

export interface QuizResult {
  attempt: number;
  attempts_left: number | null;
  score: number;
  passed: boolean;
  per_question: QuestionResult[];
  xp_awarded: number;
  unlocked: Unlocked[];
}

export type CellStatus = 'passed' | 'partial' | 'failed' | 'error' | 'timeout' | 'manual' | 'kernel_died';

export interface GradedCell {
  grade_id: string;
  points: number;
  max_points: number;
  status: CellStatus;
  trust: 'sealed' | 'in_kernel';
  message: string;
  /** by an instructor */
  comment: string | null;
}

export type SubmissionStatus = 'queued' | 'running' | 'graded' | 'failed';

export interface Submission {
  id: Id;
  node_id: Id;
  attempt: number;
  status: SubmissionStatus;
  received_at: Time;
  graded_at: Time | null;
  queue_position: number | null;
  /** points, before lateness takes `late_penalty` off */
  score: number | null;
  max_score: number | null;
  /** share of the points after lateness, 0 to 1 */
  share: number | null;
  /** share of the points that lateness takes off, 0 to 1 */
  late_penalty: number;
  needs_manual: boolean;
  cells: GradedCell[];
  /** why grading failed */
  reason: string | null;
  xp_awarded: number;
}

export interface SubmissionReceipt {
  id: Id;
  received_at: Time;
  queue_position: number | null;
  attempt: number;
  status: SubmissionStatus;
}

export interface CellError {
  ename: string;
  evalue: string;
  traceback: string[];
}

export interface HintRequest {
  node_id: Id | null;
  cell_source: string;
  error: CellError;
  level?: number;
}

export interface Hint {
  id: Id;
  level: number;
  max_level: number;
  text: string;
  concept: string;
  source: 'gemini' | 'static' | 'scripted';
  cached: boolean;
  remaining_today: number | null;
}

export type BoardName = 'weekly_xp' | 'all_time_xp';

export interface BoardEntry {
  rank: number;
  display_name: string;
  user_id: Id;
  xp: number;
  me: boolean;
}

export interface Board {
  items: BoardEntry[];
  total: number;
  me: BoardEntry | null;
  period: string;
}

export interface Badge {
  id: Id;
  slug: string;
  name: string;
  icon_url: string;
  /** what earns it, in words */
  criteria: string;
  progress: number;
  goal: number;
  earned_at: Time | null;
}

/** One line under the bell. */
export interface Notice {
  id: Id;
  type: string;
  payload: Record<string, unknown>;
  created_at: Time;
  read_at: Time | null;
}
