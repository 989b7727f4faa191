/** The JSON of the HTTP contract, second part: chat, forum, classes. */

import type { Id, NodeType, Time } from './api';

/** `text` is Markdown. */
export interface ChatMessage {
  id: Id;
  author: 'learner' | 'tutor';
  text: string;
  source: 'gemini' | 'static' | 'scripted' | '';
  created_at: Time;
}

export interface ChatReply extends ChatMessage {
  remaining_today: number;
}

export interface Author {
  id: Id | null;
  display_name: string;
  is_staff: boolean;
}

export type ThreadSort = 'active' | 'new' | 'unanswered';

export interface Thread {
  id: Id;
  node_id: Id | null;
  title: string;
  author: Author;
  created_at: Time;
  last_post_at: Time;
  post_count: number;
  accepted_post_id: Id | null;
  locked: boolean;
  pinned: boolean;
}

export interface Post {
  id: Id;
  author: Author;
  body_html: string;
  /** only for who may edit it */
  body_md: string | null;
  score: number;
  my_vote: number;
  created_at: Time;
  edited_at: Time | null;
  state: 'visible' | 'hidden' | 'deleted';
  may_edit: boolean;
}

export interface ThreadDetail extends Thread {
  /** the question first */
  posts: Post[];
}

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
