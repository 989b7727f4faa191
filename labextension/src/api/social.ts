/** The JSON of the HTTP contract, second part: chat and forum. */

import type { Id, Time } from './contract';

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

export interface Report {
  reporter: Author;
  reason: string;
  created_at: Time;
}

/** A post that waits for a moderator. */
export interface ReportedPost {
  post_id: Id;
  thread_id: Id;
  thread_title: string;
  author: Author;
  body_html: string;
  hidden: boolean;
  reported_at: Time;
  /** the newest first */
  reports: Report[];
}
