import type { AmbiguousCode, NotSentCode } from '../../agents/transport/agent-transport';

/** Why an agent could not be asked. A closed list: events and metrics name it. */
export type UnreachableReason =
  | 'not_registered'
  | 'disabled'
  | 'offline'
  | 'unauthorized'
  | 'breaker_open'
  /** It has no such call (404, 405, 501). */
  | 'no_such_call'
  | 'rejected'
  | 'redirect'
  | 'server_error'
  | 'told_to_wait'
  | Exclude<NotSentCode, 'cut_at_shutdown'>
  | Exclude<AmbiguousCode, 'cut_at_shutdown'>;

/** The agent cannot be asked now: the run ends. */
export class AgentUnreachable extends Error {
  override readonly name = 'AgentUnreachable';

  constructor(readonly reason: UnreachableReason) {
    super(`the agent cannot be asked: ${reason}`);
  }
}

/** The agent says what no honest agent says: the run ends. The message names no key. */
export class AgentLies extends Error {
  override readonly name = 'AgentLies';
}

/** The run has taken all that it may of calls, bytes or time: it ends, and the next goes on. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget';
}

/** The run is somebody else's by now, or this process ends: nothing more may be done in it, and nothing is told of it. */
export class RunAbandoned extends Error {
  override readonly name = 'RunAbandoned';
}
