import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { REDIS } from '../../../../../platform/redis/redis.module';
import type { CallResult } from '../agent-transport';
import { END, FETCH, GIVE_BACK, OFFER, REPLY, TAKE } from './pull-scripts';

/** A call as it waits to be fetched. No secret: its headers are made when it is handed out. */
export const WaitingCall = z.strictObject({
  path: z.string(),
  /** The exact JSON text. */
  body: z.string(),
  correlationId: z.string(),
  /** Milliseconds since 1970. */
  deadline: z.number(),
  idempotencyKey: z.string().optional(),
  secretVersion: z.int(),
  signWithPrevious: z.boolean(),
});
export type WaitingCall = z.infer<typeof WaitingCall>;

/** The reply to a call, as its transport gives it on. */
export type Replied = Extract<CallResult, { kind: 'replied' }>;

/** How a call was when it was ended: never fetched, fetched and not answered, answered, or not there (Redis lost it). */
export type Ended = { was: 'waiting' | 'fetched' | 'lost' } | { was: 'replied'; reply: Replied };

/** What became of a reply: `unknown` also for another vendor's call, `repeated` when the call had one before. */
export type ReplyVerdict = 'taken' | 'repeated' | 'late' | 'unknown';

/** Messages on it are the ids of vendors for which calls wait. */
export const CALLS_CHANNEL = 'hub:pull:calls';
/** Messages on it are the ids of calls that were answered. */
export const REPLIES_CHANNEL = 'hub:pull:replies';

/** How long after its deadline a call is remembered, so that a late reply is told so. */
const KEPT_MS = 300_000;

/**
 * Calls to agents that poll, in Redis: any instance may offer, hand out and answer them. Every step is one script, so that a
 * call is handed out or withdrawn, never both. All methods reject when Redis is away.
 */
@Injectable()
export class PullStore {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  /** Whether Redis can be reached: what is not offered then has certainly not been sent. */
  get reachable(): boolean {
    return this.redis.status === 'ready';
  }

  /** Lets a call wait for its agent. */
  async offer(vendorId: string, callId: string, call: WaitingCall): Promise<void> {
    const keptMs = Math.max(0, call.deadline - Date.now()) + KEPT_MS;
    const keys = [listOf(vendorId), callOf(vendorId, callId)];
    await this.redis.eval(OFFER, 2, ...keys, callId, JSON.stringify(call), call.deadline, keptMs, vendorId, CALLS_CHANNEL);
  }

  /** Takes out what waits for this vendor's agent and can still be done. */
  async fetch(vendorId: string, most: number): Promise<{ callId: string; call: WaitingCall }[]> {
    const found = (await this.redis.eval(FETCH, 1, listOf(vendorId), callOf(vendorId, ''), most, Date.now())) as string[];
    const calls: { callId: string; call: WaitingCall }[] = [];
    for (let i = 0; i + 1 < found.length; i += 2) {
      calls.push({ callId: found[i] as string, call: WaitingCall.parse(JSON.parse(found[i + 1] as string)) });
    }
    return calls;
  }

  /** Puts a call back that was fetched and has certainly not been sent to the agent. */
  async giveBack(vendorId: string, callId: string, call: WaitingCall): Promise<void> {
    const keys = [listOf(vendorId), callOf(vendorId, callId)];
    await this.redis.eval(GIVE_BACK, 2, ...keys, callId, JSON.stringify(call), vendorId, CALLS_CHANNEL);
  }

  async reply(vendorId: string, callId: string, reply: Replied): Promise<ReplyVerdict> {
    const args = [callId, JSON.stringify(reply), Date.now(), REPLIES_CHANNEL];
    return (await this.redis.eval(REPLY, 1, callOf(vendorId, callId), ...args)) as ReplyVerdict;
  }

  /** Whether a call has been fetched and may still be answered. */
  async awaitsReply(vendorId: string, callId: string): Promise<boolean> {
    const [state, deadline] = await this.redis.hmget(callOf(vendorId, callId), 'state', 'deadline');
    return state === 'fetched' && Number(deadline) > Date.now();
  }

  /** The reply, if there is one that was not taken. */
  async take(vendorId: string, callId: string): Promise<Replied | undefined> {
    const reply = (await this.redis.eval(TAKE, 1, callOf(vendorId, callId))) as string | null;
    return reply === null ? undefined : (JSON.parse(reply) as Replied);
  }

  /** Ends a call: nobody can fetch or answer it any more. */
  async end(vendorId: string, callId: string): Promise<Ended> {
    const keys = [listOf(vendorId), callOf(vendorId, callId)];
    const [was, reply] = (await this.redis.eval(END, 2, ...keys, callId)) as [Ended['was'], string?];
    if (was === 'replied') return { was, reply: JSON.parse(reply as string) as Replied };
    return { was };
  }
}

// A hash tag: all keys of a vendor in one slot of a cluster.
function listOf(vendorId: string): string {
  return `hub:pull:{${vendorId}}:waiting`;
}

function callOf(vendorId: string, callId: string): string {
  return `hub:pull:{${vendorId}}:call:${callId}`;
}
