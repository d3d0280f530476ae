const DAY_MS = 86_400_000;

/** More than any transaction takes, and than the clocks of two machines differ. */
const MARGIN_MS = 3_600_000;

/**
 * Whether rows that were deleted at or after `coveredUntil` may have been removed for good by `now` (both in milliseconds):
 * a client that was told of every deletion before that time, but not of these, would keep them for ever.
 */
export function isExpired(coveredUntil: number, now: number, retentionDays: number): boolean {
  return coveredUntil < now - retentionDays * DAY_MS + MARGIN_MS;
}

/**
 * Up to when deletions are nothing to a client that begins to read: up to now, since it has no rows yet. One that asks for
 * what was written since a time is taken to have the rows from before, as far as deletions are still known.
 */
export function coveredAtFirst(updatedSince: number | null, now: number, retentionDays: number): number {
  if (updatedSince === null) return now;
  const since = Math.floor(updatedSince / 1000);
  return isExpired(since, now, retentionDays) ? now : Math.min(since, now);
}
