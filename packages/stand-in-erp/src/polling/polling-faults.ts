import type { Match } from '../faults';

/** What goes wrong with the reply to a call that was fetched. That none is sent at all is a matter of `drop_…` and `hang…`. */
export type ReplyFault =
  /** Sent twice at once. */
  | { kind: 'twice' }
  /** Sent so long after the deadline of its call. */
  | { kind: 'late'; byMs: number }
  /** Held back until another reply was sent, but not for longer than this. */
  | { kind: 'overtaken'; withinMs: number };

/** What goes wrong with a poll. */
export type PollFault =
  /** The connection is cut when no call has come by then. */
  | { kind: 'cut_waiting'; afterMs: number }
  /** The connection is cut with calls on it: they are fetched, and lost. A poll that fetches nothing is spared. */
  | { kind: 'cut_fetched' };

/** What goes wrong between a polling agent and the hub; the first rule that matches decides. */
export interface PollingFaults {
  replies?: readonly { match?: Match; fault: ReplyFault }[];
  /** By the nth poll since the process started. */
  polls?: readonly { match?: Pick<Match, 'nth' | 'share' | 'seed'>; fault: PollFault }[];
}
