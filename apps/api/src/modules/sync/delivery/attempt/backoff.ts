/** How failed tries are spaced, in milliseconds. */
export interface BackoffPolicy {
  baseMs: number;
  maxMs: number;
}

/**
 * How long to wait after `spent` tries (at least 1): exponential with full jitter. `random` gives 0 (inclusive) to 1.
 */
export function backoffMs(spent: number, { baseMs, maxMs }: BackoffPolicy, random: () => number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(spent - 1, 40));
  return Math.floor(random() * ceiling);
}
