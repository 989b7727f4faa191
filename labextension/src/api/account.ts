/** The JSON of the HTTP contract that is about how somebody logs in. */

import type { Id, Page, Time } from './contract';

/** A login that is not over. */
export interface OwnSession {
  id: Id;
  created_at: Time;
  last_used_at: Time;
  expires_at: Time;
  user_agent: string;
  /** the one that asks */
  current: boolean;
}

/** What a site lets people log in with besides a password. */
export interface Provider {
  /** in addresses */
  name: string;
  /** on the button */
  label: string;
}

export interface Identity {
  id: Id;
  provider: string;
  label: string;
  created_at: Time;
}

export interface Identities extends Page<Identity> {
  providers: Provider[];
}
