import type { JobStatus } from '../schema/sync-jobs';

/** Every way a job may go. Applied by compare-and-set only: the loser of a race learns that it lost. */
export const TRANSITIONS = {
  /** The relay offers it to the queue. */
  offer: { from: ['pending'], to: 'queued' },
  /** The queue lost it, or a worker may not have it now. */
  putBack: { from: ['queued'], to: 'pending' },
  /** A worker takes it, with a lease. */
  claim: { from: ['queued'], to: 'processing' },
  /** The agent has accepted it: a callback follows. */
  accept: { from: ['processing'], to: 'awaiting_callback' },
  /** A try ended without the job's end, a callback did not come, or one tells what became of a try whose outcome was unknown. */
  retryLater: { from: ['pending', 'queued', 'processing', 'awaiting_callback'], to: 'pending' },
  /** The ERP has done it. Wins over everything, once a try has started. */
  complete: { from: ['pending', 'queued', 'processing', 'awaiting_callback', 'failed', 'cancelled'], to: 'completed' },
  /** It will not be tried again by itself: a dead letter is written with it. */
  fail: { from: ['pending', 'queued', 'processing', 'awaiting_callback'], to: 'failed' },
  /** It is not wanted any more, and no try has started. */
  cancel: { from: ['pending', 'queued'], to: 'cancelled' },
  /** A person wants another try of a dead letter. */
  retryFailed: { from: ['failed'], to: 'pending' },
} as const satisfies Record<string, { from: readonly JobStatus[]; to: JobStatus }>;

export type Transition = keyof typeof TRANSITIONS;

/** The states that a transition may start from, as a list for SQL. */
export function fromStates(transition: Transition): string {
  return TRANSITIONS[transition].from.map((status) => `'${status}'`).join(', ');
}

/** Whether a job may go this way from this state. */
export function isAllowed(transition: Transition, from: JobStatus): boolean {
  return (TRANSITIONS[transition].from as readonly JobStatus[]).includes(from);
}

/** States in which a job still needs something done. */
export const OPEN_STATES = ['pending', 'queued', 'processing', 'awaiting_callback'] as const satisfies readonly JobStatus[];
