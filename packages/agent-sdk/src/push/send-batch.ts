import type { Entity } from '@repo/contracts/primitives';
import type { IngestReply } from '@repo/contracts/verdicts';
import { HubError, type HubFailure } from '../client/hub-error';
import type { HubClient, IngestOptions } from '../client/hub-client';
import { pause } from '../client/pause';
import { backoffMs, nextPauseMs, type Random, type RetryPolicy } from '../client/retry';
import type { Gate } from './gate';

/** What a push needs of a client. */
export type PushClient = Pick<HubClient, 'ingestTexts' | 'awayMs'>;

export interface SendBatchParts {
  client: PushClient;
  entity: Entity;
  options: IngestOptions;
  /** Shared by everything that is sent at once. */
  gate: Gate;
  policy: RetryPolicy;
  random: Random;
  signal: AbortSignal;
}

/**
 * Sends one batch until the hub has judged it. A rate limit holds back all batches and is waited for however long it lasts;
 * other failures are repeated as often as the policy says.
 * @throws HubError, or the reason of the signal
 */
export async function sendBatch(rows: readonly string[], parts: SendBatchParts): Promise<IngestReply | 'too_large'> {
  const { client, entity, options, gate, policy, random, signal } = parts;
  for (let failures = 0, limited = 0; ;) {
    await gate.pass(signal);
    try {
      return await client.ingestTexts(entity, rows, { ...options, signal, retry: { attempts: 1 } });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const { failure } = error;
      if (isTooLarge(failure)) return 'too_large';
      if (failure.kind === 'rate_limited') {
        limited += 1;
        gate.hold((failure.retryAfterMs ?? 0) + backoffMs(limited, policy, random));
        continue;
      }
      failures += 1;
      const pauseMs = nextPauseMs(failure, failures, 'always', policy, random, client.awayMs());
      if (pauseMs === undefined) throw error;
      if (failure.kind === 'unavailable' && failure.retryAfterMs !== undefined) gate.hold(pauseMs);
      else await pause(pauseMs, signal);
    }
  }
}

/** Said by the hub, or by a gateway before it that takes less. */
function isTooLarge(failure: HubFailure): boolean {
  return (failure.kind === 'refused' || failure.kind === 'bad_reply') && failure.status === 413;
}
