import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';

/** What made somebody ask for a comparison. All but heartbeats begin at a root that is computed from the rows. */
export type RunCause = 'heartbeat' | 'schedule' | 'manual';

/** A vendor's entity that is to be compared. */
export interface RunTarget {
  vendorId: string;
  entity: Entity;
}

/** An open run, as the queue is to know it. */
export interface OpenRun extends RunTarget {
  runId: string;
  /** How often a worker has had it. */
  takes: number;
}

const OPENED = `run_id as "runId", vendor_id as "vendorId", entity, takes`;

/**
 * Opens a run of each target. Where one is open that no worker has had, this request is a part of it; where one is under way
 * one more follows it. Gives the open run of each. `force` lifts the cap on deletes for the run that answers this request.
 */
export async function requestRuns(
  executor: Pool | PoolClient,
  targets: readonly RunTarget[],
  { cause, force, correlationId }: { cause: Exclude<RunCause, 'heartbeat'>; force: boolean; correlationId: string },
): Promise<OpenRun[]> {
  const { rows } = await executor.query<OpenRun>(
    `insert into reconciliation_runs as run (vendor_id, entity, run_id, cause, force, correlation_id, requested_at)
     select vendor_id, entity, uuidv7(), $3, $4, $5, clock_timestamp()
       from unnest($1::text[], $2::text[]) as target (vendor_id, entity) order by vendor_id collate "C", entity collate "C"
     on conflict (vendor_id, entity) do update set
       run_id = case when run.ended_at is null then run.run_id else excluded.run_id end,
       cause = case when run.ended_at is null and run.started_at is not null then run.cause else excluded.cause end,
       force = case when run.ended_at is not null then excluded.force
         when run.started_at is null then run.force or excluded.force else run.force end,
       correlation_id = case when run.ended_at is null then run.correlation_id else excluded.correlation_id end,
       requested_at = case when run.ended_at is null then run.requested_at else excluded.requested_at end,
       takes = case when run.ended_at is null then run.takes else 0 end,
       again = case when run.ended_at is null and run.started_at is not null then excluded.cause end,
       again_force = run.ended_at is null and run.started_at is not null and (run.again_force or excluded.force),
       started_at = case when run.ended_at is null then run.started_at end,
       ended_at = null
     returning ${OPENED}`,
    [targets.map(({ vendorId }) => vendorId), targets.map(({ entity }) => entity), cause, force, correlationId],
  );
  return rows;
}

/** How long heartbeats let an agent be that could not be asked, or gave no root. */
const UNREACHABLE_REST = '5 minutes';

/**
 * Opens a run because heartbeats show drift; undefined when one is open, or the last ended with these very roots and could do
 * no more about them: then only the next tick, or a person, looks again. Roots are `<count>.<digest>`.
 */
export async function requestRunAfterDrift(
  executor: Pool | PoolClient,
  { vendorId, entity }: RunTarget,
  { erpRoot, hubRoot, correlationId }: { erpRoot: string; hubRoot: string; correlationId: string },
): Promise<OpenRun | undefined> {
  const { rows } = await executor.query<OpenRun>(
    `insert into reconciliation_runs as run (vendor_id, entity, run_id, cause, correlation_id, requested_at)
     values ($1, $2, uuidv7(), 'heartbeat', $5, clock_timestamp())
     on conflict (vendor_id, entity) do update set
       run_id = excluded.run_id, cause = excluded.cause, force = false, correlation_id = excluded.correlation_id,
       requested_at = excluded.requested_at, takes = 0, started_at = null, ended_at = null
       where run.ended_at is not null and case
         when run.outcome = 'agent_unreachable' or run.erp_root is null
           then run.ended_at < clock_timestamp() - interval '${UNREACHABLE_REST}'
         else (run.erp_root, run.hub_root) is distinct from ($3::text, $4::text) end
     returning ${OPENED}`,
    [vendorId, entity, erpRoot, hubRoot, correlationId],
  );
  return rows[0];
}

/** Both roots, as `<count>.<digest>`, when a run of this last ended; undefined where none did, or it saw none. */
export async function readLastRoots(
  executor: Pool | PoolClient,
  { vendorId, entity }: RunTarget,
): Promise<{ erpRoot: string; hubRoot: string } | undefined> {
  const { rows } = await executor.query<{ erpRoot: string; hubRoot: string }>(
    `select erp_root as "erpRoot", hub_root as "hubRoot" from reconciliation_runs
     where vendor_id = $1 and entity = $2 and erp_root is not null and hub_root is not null`,
    [vendorId, entity],
  );
  return rows[0];
}

/** Open runs that no worker has, of vendors of whom none is under way: the oldest request first, at most `most`. */
export async function findOpenRuns(executor: Pool | PoolClient, most: number, vendorId?: string): Promise<OpenRun[]> {
  const { rows } = await executor.query<OpenRun>(
    `select ${OPENED} from reconciliation_runs as run
     where ended_at is null and (lease_until is null or lease_until < clock_timestamp()) and ($2::text is null or vendor_id = $2)
       and not exists (select from reconciliation_runs as other
         where other.vendor_id = run.vendor_id and other.ended_at is null and other.lease_until >= clock_timestamp())
     order by requested_at limit $1`,
    [most, vendorId ?? null],
  );
  return rows;
}
