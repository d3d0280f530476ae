import type { Pool, PoolClient } from 'pg';
import type { OpenRun, RunCause, RunTarget } from './request-runs';

/** A run in a worker's hands until its lease ends. */
export interface TakenRun extends RunTarget {
  runId: string;
  leaseToken: string;
  cause: RunCause;
  /** When a worker first had it, by PostgreSQL's clock: what is heard of a row after that is newer than what is compared. */
  startedAt: Date;
  /** The cap on deletes does not hold. */
  force: boolean;
  correlationId: string;
}

/** How a run ended; also what its last event says. */
export type RunOutcome = 'in_sync' | 'drift_resolved' | 'unresolved' | 'agent_unreachable' | 'held_too_many_deletes';

/**
 * Takes an open run for one worker. Undefined when it is not to be had under this number of takes (any more), or another
 * run of the vendor is under way: one broken vendor holds up one worker, not three.
 */
export async function takeRun(pool: Pool, run: OpenRun, lease: { token: string; durationMs: number }): Promise<TakenRun | undefined> {
  const { vendorId, entity, runId, takes } = run;
  const { rows } = await pool.query<Pick<TakenRun, 'cause' | 'startedAt' | 'force' | 'correlationId'>>(
    `update reconciliation_runs as run
     set started_at = coalesce(started_at, clock_timestamp()), takes = takes + 1, lease_token = $5,
       lease_until = clock_timestamp() + $6 * interval '1 millisecond'
     where vendor_id = $1 and entity = $2 and run_id = $3 and takes = $4 and ended_at is null
       and (lease_until is null or lease_until < clock_timestamp())
       and not exists (select from reconciliation_runs as other
         where other.vendor_id = $1 and other.entity <> $2 and other.ended_at is null and other.lease_until >= clock_timestamp())
     returning cause, started_at as "startedAt", force, correlation_id as "correlationId"`,
    [vendorId, entity, runId, takes, lease.token, lease.durationMs],
  );
  return rows[0] === undefined ? undefined : { vendorId, entity, runId, leaseToken: lease.token, ...rows[0] };
}

const OWN = 'vendor_id = $1 and entity = $2 and run_id = $3 and lease_token = $4 and ended_at is null';
const ownOf = ({ vendorId, entity, runId, leaseToken }: TakenRun) => [vendorId, entity, runId, leaseToken];

/** Prolongs a lease; false when the run is somebody else's by now, or was ended: then nothing more may be done in it. */
export async function renewRun(pool: Pool, run: TakenRun, durationMs: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update reconciliation_runs set lease_until = clock_timestamp() + $5 * interval '1 millisecond' where ${OWN}`,
    [...ownOf(run), durationMs],
  );
  return rowCount === 1;
}

/**
 * Keeps a run in its worker's hands to the end of the caller's transaction: nobody else takes it, and nobody ends it. False when
 * it is not that worker's any more.
 */
export async function holdRun(client: PoolClient, run: TakenRun): Promise<boolean> {
  const { rowCount } = await client.query(`select from reconciliation_runs where ${OWN} for share`, ownOf(run));
  return rowCount === 1;
}

/** Gives a run back that was not done, as at shutdown: it is taken up again at once. */
export async function returnRun(pool: Pool, run: TakenRun): Promise<void> {
  await pool.query(`update reconciliation_runs set lease_token = null, lease_until = null where ${OWN}`, ownOf(run));
}

/**
 * Ends a run in a transaction of the caller's. Where one more was asked for meanwhile it is open afterwards, under an id of
 * its own. False when the run is not the caller's any more.
 */
export async function endRun(
  client: PoolClient,
  run: TakenRun,
  { outcome, erpRoot, hubRoot }: { outcome: RunOutcome; erpRoot: string | null; hubRoot: string | null },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update reconciliation_runs set
       outcome = $5, erp_root = $6, hub_root = $7, lease_token = null, lease_until = null,
       ended_at = case when again is null then clock_timestamp() end,
       run_id = case when again is null then run_id else uuidv7() end,
       cause = coalesce(again, cause), force = case when again is null then force else again_force end,
       requested_at = case when again is null then requested_at else clock_timestamp() end,
       started_at = case when again is null then started_at end, takes = case when again is null then takes else 0 end,
       again = null, again_force = false
     where ${OWN}`,
    [...ownOf(run), outcome, erpRoot, hubRoot],
  );
  return rowCount === 1;
}
