/** Where and how a vendor's agent is called; as read from the registry when a call is made. */
export interface AgentEndpoint {
  vendorId: string;
  mode: 'push' | 'pull';
  agentUrl: string | null;
  secretVersion: number;
  /** Sign with the version before, too. */
  signWithPrevious: boolean;
}

/** One call of an agent. */
export interface AgentCall {
  /** Appended to the agent's URL; begins with a slash. */
  path: string;
  /** Sent as JSON. */
  body: unknown;
  correlationId: string;
  /** When the whole call ends, from looking the host up to the last byte of the reply. */
  deadlineAt: Date;
  /** On calls that change something. */
  idempotencyKey?: string;
}

/**
 * Why a call certainly never reached the agent. `not_fetched`: withdrawn, because no agent polled for it in time;
 * `cut_at_shutdown`: aborted before it was written or fetched.
 */
export type NotSentCode = 'connect_failed' | 'connect_timeout' | 'unresolved' | 'unsafe_address' | 'not_fetched' | 'cut_at_shutdown';

/** Why it is not known whether a call reached the agent, or what came of it. */
export type AmbiguousCode = 'timeout' | 'connection_lost' | 'cut_at_shutdown';

/** The body of a reply: its JSON, or why there is none. */
export type ReplyBody = { json: unknown } | { fault: 'too_large' | 'not_json' };

/** What came of a call. Messages are for people, have at most 200 characters, and hold neither secrets nor paths of URLs. */
export type CallResult =
  | { kind: 'replied'; status: number; /** 0 to 3600. */ retryAfterSeconds: number | undefined; body: ReplyBody }
  /** Certainly never reached the agent. */
  | { kind: 'not_sent'; code: NotSentCode; message: string }
  /** May have reached the agent. */
  | { kind: 'ambiguous'; code: AmbiguousCode; message: string };

/** A way to call agents. */
export interface AgentTransport {
  /**
   * Calls an agent once. Never rejects for anything that an agent, its network or its name does: that is in the result.
   * `signal` cuts the call short, as at shutdown.
   */
  call(endpoint: AgentEndpoint, call: AgentCall, signal: AbortSignal): Promise<CallResult>;
}
