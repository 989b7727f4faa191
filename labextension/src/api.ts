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
}

export interface NextRank {
  name: string;
  /** total XP at which it begins */
  xp: number;
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
}

export interface RoadmapDetail extends Roadmap {
  nodes: NodeSummary[];
}
