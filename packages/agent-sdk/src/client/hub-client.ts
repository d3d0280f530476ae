import {
  agentSelf,
  heartbeat,
  registerAgent,
  rotateToken,
  type Registration,
  type RegistrationReply,
} from '@repo/contracts/operations/agent-operations';
import { agentCallback } from '@repo/contracts/operations/delivery-operations';
import { pollCalls, replyToCall, type PolledCall } from '@repo/contracts/operations/poll-operations';
import { abandonSnapshot, beginSnapshot, commitSnapshot } from '@repo/contracts/operations/snapshot-operations';
import type { Entity } from '@repo/contracts/primitives';
import type { IngestReply } from '@repo/contracts/verdicts';
import type { z } from 'zod';
import { HubClock } from '../clock/hub-clock';
import type { Row } from '../entity-rows';
import { bearer, type CredentialsProvider, type RegistrationCredential } from './credentials';
import { INGEST_OPERATIONS, type BatchSize } from './ingest-operation';
import { Sender, type RequestOptions, type SenderOptions } from './sender';

export interface HubClientOptions extends SenderOptions {
  credentials: CredentialsProvider;
  /** Learns the hub's time from heartbeats; one of its own when not said. */
  clock?: HubClock;
}

/** What a heartbeat says: roots by entity, `count` rows and `digest` (16 hex digits); the time is added. */
export type Heartbeat = Omit<z.input<typeof heartbeat.body>, 'agentTime' | 'vendorId'>;
export type HeartbeatReply = z.output<typeof heartbeat.reply>;
/** Secrets are there on a first registration and on one by enrolment code, and never again. */
export type Registered = z.output<typeof RegistrationReply>;
export type AgentSelf = z.output<typeof agentSelf.reply>;
export type RotatedSecrets = z.output<typeof rotateToken.reply>;
/** What became of a job. */
export type Callback = Omit<z.input<typeof agentCallback.body>, 'vendorId'>;
export type CallbackReply = z.output<typeof agentCallback.reply>;
export type BegunSnapshot = z.output<typeof beginSnapshot.reply>;
export type CommittedSnapshot = z.output<typeof commitSnapshot.reply>;

/** What is answered to a fetched call. */
export interface CallReply {
  status: number;
  headers?: Readonly<Record<string, string>> | undefined;
  /** JSON text. */
  body?: string | undefined;
}

export interface IngestOptions extends RequestOptions {
  /** `incremental`: 500 rows and 5 MB, `full`: 5,000 rows and 10 MB, of a slower rate. */
  size?: BatchSize;
  /** `problems` leaves out what was written or is unchanged. */
  results?: 'all' | 'problems';
  snapshotId?: string | undefined;
}

/** What a poll takes beyond its wait. */
const POLL_ROOM_MS = 10_000;
const DEFAULT_WAIT_S = 25;

/**
 * What an agent asks of the hub. Every method rejects with `HubError`, or with the reason of its signal. What may be repeated
 * is: see `RetryPolicy`. Credentials are in no error, and nothing is logged.
 */
export class HubClient {
  readonly clock: HubClock;
  private readonly sender: Sender;
  private readonly credentials: CredentialsProvider;

  /** @throws TypeError when the base URL is none */
  constructor({ credentials, clock, ...options }: HubClientOptions) {
    this.sender = new Sender(options);
    this.credentials = credentials;
    this.clock = clock ?? new HubClock();
  }

  /** For how long the hub has been away: milliseconds since the first of the requests in a row that found none, else 0. */
  awayMs(): number {
    return this.sender.awayMs();
  }

  /**
   * Registers the agent, or updates its registration. A first registration is not repeated when its reply was lost: the
   * secrets are shown once, and an id registers once. Bring an `authToken` to have at least the token whatever happens.
   */
  register(registration: Registration, credential: RegistrationCredential, options?: RequestOptions): Promise<Registered> {
    return this.sender.ask({
      operation: registerAgent,
      headers: async () => ({ authorization: bearer(await this.registering(credential)), 'x-vendor-id': registration.vendorId }),
      body: () => JSON.stringify(registration),
      repeatable: credential.kind === 'current_token' ? 'always' : 'if_not_done',
      options,
    });
  }

  /**
   * Replaces the token and both outbound secrets; the caller keeps them, then uses them. Not repeated when its reply was lost:
   * the token that was presented works for 10 minutes more, and can rotate again.
   */
  rotate(options?: RequestOptions): Promise<RotatedSecrets> {
    return this.sender.ask({ operation: rotateToken, headers: this.own, repeatable: 'if_not_done', options });
  }

  /** Says that the agent is alive and what it holds. The clock learns the hub's time from the answer. */
  async heartbeat(said: Heartbeat = {}, options?: RequestOptions): Promise<HeartbeatReply> {
    let reading = this.clock.read();
    const reply = await this.sender.ask({
      operation: heartbeat,
      headers: this.own,
      body: () => {
        reading = this.clock.read();
        return JSON.stringify({ ...said, agentTime: new Date(reading.own).toISOString() });
      },
      repeatable: 'always',
      options,
    });
    this.clock.learn(reading, Date.parse(reply.serverTime));
    return reply;
  }

  /** What the hub knows of this agent. */
  me(options?: RequestOptions): Promise<AgentSelf> {
    return this.sender.ask({ operation: agentSelf, headers: this.own, repeatable: 'always', options });
  }

  /** Says what became of a job. Repeating it changes nothing. */
  callback(callback: Callback, options?: RequestOptions): Promise<CallbackReply> {
    return this.sender.ask({
      operation: agentCallback,
      headers: this.own,
      body: () => JSON.stringify(callback),
      repeatable: 'always',
      options,
    });
  }

  /**
   * Fetches at most `max` calls (1–50), waiting up to `waitSeconds` (0–30) for the first. Never repeated: what a lost reply
   * handed out is lost, and the next poll fetches what is left. `timeoutMs` is beyond the wait.
   */
  async poll(poll: { max?: number; waitSeconds?: number } = {}, options: RequestOptions = {}): Promise<readonly PolledCall[]> {
    const timeoutMs = (poll.waitSeconds ?? DEFAULT_WAIT_S) * 1_000 + (options.timeoutMs ?? POLL_ROOM_MS);
    const body = () => JSON.stringify(poll);
    const { calls } = await this.sender.ask({
      operation: pollCalls,
      headers: this.own,
      body,
      repeatable: 'never',
      options: { ...options, timeoutMs },
    });
    return calls;
  }

  /** Answers a fetched call. Repeating it changes nothing; `expired` says that it came too late. */
  async reply(callId: string, { status, headers, body }: CallReply, options?: RequestOptions): Promise<void> {
    const rest = headers === undefined ? '' : `,"headers":${JSON.stringify(headers)}`;
    const text = `{"status":${status}${rest}${body === undefined ? '' : `,"body":${body}`}}`;
    await this.sender.ask({
      operation: replyToCall,
      params: { callId },
      headers: this.own,
      body: () => text,
      repeatable: 'always',
      options,
    });
  }

  /** Begins to send everything of an entity. Repeating it supersedes the one before. */
  beginSnapshot(entity: Entity, options?: RequestOptions): Promise<BegunSnapshot> {
    const body = () => JSON.stringify({ entity });
    return this.sender.ask({ operation: beginSnapshot, headers: this.own, body, repeatable: 'always', options });
  }

  /** Says that everything was sent: `count` distinct keys, and `digest` over the last hash sent for each. What was not sent is deleted. */
  commitSnapshot(snapshotId: string, sent: { count: number; digest?: string }, options?: RequestOptions): Promise<CommittedSnapshot> {
    return this.sender.ask({
      operation: commitSnapshot,
      params: { id: snapshotId },
      headers: this.own,
      body: () => JSON.stringify(sent),
      repeatable: 'always',
      options,
    });
  }

  /** Abandons a snapshot: nothing is deleted. */
  async abandonSnapshot(snapshotId: string, options?: RequestOptions): Promise<void> {
    await this.sender.ask({
      operation: abandonSnapshot,
      params: { id: snapshotId },
      headers: this.own,
      repeatable: 'always',
      options,
    });
  }

  /** Sends one batch. Repeating it is harmless: what was written is `unchanged` then. */
  ingest(entity: Entity, rows: readonly Row[], options?: IngestOptions): Promise<IngestReply> {
    return this.ingestTexts(
      entity,
      rows.map((row) => JSON.stringify(row)),
      options,
    );
  }

  /** The same for rows that are JSON texts already. */
  ingestTexts(entity: Entity, rows: readonly string[], options: IngestOptions = {}): Promise<IngestReply> {
    const { size = 'incremental', results = 'all', snapshotId } = options;
    return this.sender.ask({
      operation: INGEST_OPERATIONS[size][entity],
      query: results === 'all' ? '' : `?results=${results}`,
      headers: async () => ({ ...(await this.own()), ...(snapshotId === undefined ? {} : { 'x-snapshot-id': snapshotId }) }),
      body: () => `{"${entity}":[${rows.join(',')}]}`,
      repeatable: 'always',
      options,
    });
  }

  private readonly own = async (): Promise<Record<string, string>> => {
    const { vendorId, token } = await this.credentials();
    return { authorization: bearer(token), 'x-vendor-id': vendorId };
  };

  private async registering(credential: RegistrationCredential): Promise<string> {
    switch (credential.kind) {
      case 'registration_secret':
        return credential.secret;
      case 'enrolment_code':
        return credential.code;
      case 'current_token':
        return (await this.credentials()).token;
    }
  }
}
