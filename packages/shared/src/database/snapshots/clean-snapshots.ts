import type { Pool } from 'pg';
import type { CommittingSnapshot } from './delete-page';

/** The packed arrays that one statement removes. */
const MOST_ARRAYS = 1_000;

/** Closes open and held snapshots that are past their time, at most 1,000; returns how many. Waits for nobody. */
export async function expireSnapshots(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `update snapshots set status = 'expired', closed_at = clock_timestamp() where ctid = any(array(
       select ctid from snapshots where status in ('open', 'held') and expires_at <= clock_timestamp() limit 1000 for update skip locked))`,
  );
  return rowCount ?? 0;
}

/** Snapshots whose deletes were decided and are not done: whoever did them ended, or is still at it. */
export async function listCommitting(pool: Pool): Promise<CommittingSnapshot[]> {
  const { rows } = await pool.query<CommittingSnapshot>(
    `select vendor_id as "vendorId", id, entity, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startedAt"
     from snapshots where status = 'committing' order by id limit 1000`,
  );
  return rows;
}

/** Removes some of the keys of a closed snapshot that has any left. Returns whether there was one. */
export async function cleanSnapshotKeys(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    `with closed as materialized (
       select vendor_id, id from snapshots where closed_at is not null and has_keys order by closed_at limit 1 for no key update skip locked),
     gone as (
       delete from snapshot_keys where ctid = any(array(
         select kept.ctid from snapshot_keys as kept join closed on kept.vendor_id = closed.vendor_id and kept.snapshot_id = closed.id limit $1))
       returning 1),
     emptied as (
       update snapshots set has_keys = false from closed
         where snapshots.vendor_id = closed.vendor_id and snapshots.id = closed.id and (select count(*) from gone) < $1)
     select exists (select from closed) as found`,
    [MOST_ARRAYS],
  );
  return rows[0]?.found ?? false;
}
