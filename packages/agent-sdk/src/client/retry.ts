import { HubError, mayBeDone, type HubFailure } from './hub-error';
import { pause } from './pause';

/** How often a request is tried, and how long it waits in between. */
export interface RetryPolicy {
  /** Tries in all; 1 for none again. */
  attempts: number;
  /** The pause after the first failure is up to this long, the double after each further one, and at least up to as long as the hub was away. */
  baseMs: number;
  /** But not longer than this. */
  maxMs: number;
  /** A `Retry-After` beyond this is not waited for: the failure goes to the caller, who knows it from there. */
  longestRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseMs: 500, maxMs: 30_000, longestRetryAfterMs: 120_000 };

/** From 0 up to 1. */
export type Random = () => number;

/**
 * What may be repeated. `always`: repeating changes nothing, so that even what may be done is sent again. `if_not_done`: only
 * what certainly was not done. `never`: the caller goes on by itself.
 */
export type Repeatable = 'always' | 'if_not_done' | 'never';

/**
 * A pause after so many failures in a row (from 1): exponential, with full jitter, so that many who fail together do not come back
 * together. Never of less than the hub was away already: what is asked anew would come as often as after its first failure.
 */
export function backoffMs(failures: number, { baseMs, maxMs }: Pick<RetryPolicy, 'baseMs' | 'maxMs'>, random: Random, awayMs = 0): number {
  return random() * Math.min(Math.max(baseMs * 2 ** (failures - 1), awayMs), maxMs);
}

/** How long to wait before the next try; undefined when there is to be none. Decided by the kind of the failure alone. */
export function nextPauseMs(
  failure: HubFailure,
  failures: number,
  repeatable: Repeatable,
  policy: RetryPolicy,
  random: Random,
  awayMs = 0,
): number | undefined {
  if (failures >= policy.attempts || repeatable === 'never') return undefined;
  if (repeatable === 'if_not_done' && mayBeDone(failure)) return undefined;
  const pauseMs = backoffMs(failures, policy, random, awayMs);
  switch (failure.kind) {
    case 'refused':
    case 'bad_reply':
      return undefined;
    case 'unreachable':
    case 'timeout':
      return pauseMs;
    case 'rate_limited':
    case 'unavailable':
      if ((failure.retryAfterMs ?? 0) > policy.longestRetryAfterMs) return undefined;
      return (failure.retryAfterMs ?? 0) + pauseMs;
  }
}

export interface RetryOptions {
  repeatable: Repeatable;
  policy: RetryPolicy;
  random: Random;
  signal?: AbortSignal | undefined;
  /** For how long the hub was away already, asked after each failure. */
  awayMs?: () => number;
}

/**
 * Does something until it succeeds or may not be repeated.
 * @throws the last failure, or the reason of the signal
 */
export async function withRetries<T>(work: () => Promise<T>, { repeatable, policy, random, signal, awayMs }: RetryOptions): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = error instanceof HubError ? nextPauseMs(error.failure, failures, repeatable, policy, random, awayMs?.()) : undefined;
      if (pauseMs === undefined) throw error;
      await pause(pauseMs, signal);
    }
  }
}
