import type { FailureCode } from '@repo/shared/database/delivery/fail-job';
import { backoffMs, type BackoffPolicy } from './backoff';

/** What a job that ended a try badly does next. */
export type NextStep = { step: 'retry'; delayMs: number } | { step: 'dead_letter'; code: FailureCode };

/**
 * Whether a job has another try. `spent` counts the tries that count, this one included; `counts` says whether this one does:
 * one that does not is followed by another at once.
 */
export function nextStep(
  { spent, allowed }: { spent: number; allowed: number },
  counts: boolean,
  backoff: BackoffPolicy,
  random: () => number,
): NextStep {
  if (spent >= allowed) return { step: 'dead_letter', code: 'attempts_exhausted' };
  return { step: 'retry', delayMs: counts ? backoffMs(Math.max(1, spent), backoff, random) : 0 };
}
