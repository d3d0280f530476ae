import type { Queryable } from './job-reference';

/** How long after a refusal one held job tries again. */
export const PROBE_EVERY_MS = 900_000;

/**
 * Notes that an agent refuses the hub's credentials: its jobs are held. `registeredAt` is the registration that the call was
 * made with: when the agent or an admin has changed something since, the refusal is about the past. True when noted.
 */
export async function noteUnauthorized(executor: Queryable, vendorId: string, registeredAt: string): Promise<boolean> {
  const { rowCount } = await executor.query(
    `update agent_registry
     set unauthorized_since = coalesce(unauthorized_since, now()), next_probe_at = now() + $3 * interval '1 millisecond'
     where vendor_id = $1 and updated_at = $2::timestamptz`,
    [vendorId, registeredAt, PROBE_EVERY_MS],
  );
  return rowCount === 1;
}

/** The agent has taken a call: its jobs go on. */
export async function noteAuthorized(executor: Queryable, vendorId: string): Promise<void> {
  await executor.query('update agent_registry set unauthorized_since = null, next_probe_at = null where vendor_id = $1', [vendorId]);
}

/** Of these vendors those whose turn to probe it is; each gets one turn. */
export async function takeProbeTurns(executor: Queryable, vendorIds: readonly string[]): Promise<string[]> {
  const { rows } = await executor.query<{ vendor_id: string }>(
    `update agent_registry set next_probe_at = now() + $2 * interval '1 millisecond'
     where vendor_id = any($1) and unauthorized_since is not null and next_probe_at <= now()
     returning vendor_id`,
    [vendorIds, PROBE_EVERY_MS],
  );
  return rows.map((row) => row.vendor_id);
}
