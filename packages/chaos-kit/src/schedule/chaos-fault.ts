/** What part of the environment the faults of a run are about; `mixed` is about all of it. */
export const CHAOS_KINDS = ['kills', 'redis', 'postgres', 'network', 'mixed'] as const;
export type ChaosKind = (typeof CHAOS_KINDS)[number];

/** What runs are about: orders while something of a kind breaks, or rows that drift while all of it does. */
export const RUN_KINDS = [...CHAOS_KINDS, 'drift'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** How the agents of a run get their calls; `mixed`: some the one way, some the other. */
export const CHAOS_TRANSPORTS = ['push', 'pull', 'mixed'] as const;
export type ChaosTransport = (typeof CHAOS_TRANSPORTS)[number];

/**
 * What is done to the environment. `kill` is `kill -9`, and the process is down until it is started again; `pause` is SIGSTOP.
 * `redis_flush_waiting` stops all workers for a while before, so that what Redis forgets is a queue with something in it.
 * `line` is what the hub calls agents over, `polls` what agents fetch calls and reply over, `callbacks` what callbacks and
 * heartbeats take.
 */
export const FAULT_NAMES = [
  'kill',
  'pause',
  'redis_flush',
  'redis_flush_waiting',
  'redis_stop',
  'redis_restart',
  'redis_pause',
  'postgres_crash',
  'postgres_pause',
  'line_cut',
  'line_blackhole',
  'line_delay',
  'line_lose_replies',
  'polls_cut',
  'polls_blackhole',
  'polls_delay',
  'polls_lose_replies',
  'callbacks_cut',
  'callbacks_delay',
  'callbacks_lose_replies',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

export interface ChaosFault {
  fault: FaultName;
  /** A process of the hub or an ERP by its name, `redis`, `postgres`, or the ERP whose line it is. */
  target: string;
  /** Milliseconds from the start of the load. */
  atMs: number;
  /** How long it lasts, in milliseconds; 0 for what is over at once. */
  forMs: number;
}
