import { HubError, type HubFailure } from '../client/hub-error';
import type { HubClient } from '../client/hub-client';
import { pause } from '../client/pause';
import { backoffMs, type Random } from '../client/retry';
import type { HubClock } from '../clock/hub-clock';
import type { Answer } from './answer-call';

export interface ReplyParts {
  client: Pick<HubClient, 'reply'>;
  clock: HubClock;
  /** Of the call, in the hub's time. */
  deadline: number;
  signal: AbortSignal;
  random?: Random;
}

const PAUSES = { baseMs: 200, maxMs: 5_000 };
const LONGEST_TRY_MS = 10_000;
const SHORTEST_TRY_MS = 1_000;

/**
 * Sends the answer to a fetched call, and again until the hub has taken it or the deadline of the call is over: then the hub
 * asks for the outcome. The first try is made in any case.
 * @throws HubError of the last try, or the reason of the signal
 */
export async function replyInTime(callId: string, answer: Answer, parts: ReplyParts): Promise<void> {
  const { client, clock, deadline, signal, random = Math.random } = parts;
  for (let failures = 0; ;) {
    const leftMs = deadline - clock.now();
    const timeoutMs = Math.min(Math.max(leftMs, SHORTEST_TRY_MS), LONGEST_TRY_MS);
    try {
      return await client.reply(callId, answer, { signal, timeoutMs, retry: { attempts: 1 } });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      failures += 1;
      const toldMs = toldPauseMs(error.failure);
      if (toldMs === undefined) throw error;
      const pauseMs = toldMs + backoffMs(failures, PAUSES, random);
      if (clock.now() + pauseMs >= deadline) throw error;
      await pause(pauseMs, signal);
    }
  }
}

/** How long the hub wants to be left alone; undefined when sending again is of no use. */
function toldPauseMs(failure: HubFailure): number | undefined {
  switch (failure.kind) {
    case 'refused':
    case 'bad_reply':
      return undefined;
    case 'rate_limited':
    case 'unavailable':
      return failure.retryAfterMs ?? 0;
    case 'unreachable':
    case 'timeout':
      return 0;
  }
}
