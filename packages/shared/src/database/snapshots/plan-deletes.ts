import { sql } from 'drizzle-orm';
import type { Entity } from '@repo/contracts/primitives';
import type { Executor } from '../connect';
import { KEY_SQL } from '../ingest/digest-root';
import { keyHashSql } from '../ingest/digest-sql';

/** How many keys are deleted in one transaction. */
const PAGE = 2_000;

/** What a snapshot would delete. */
export interface PlannedDeletes {
  /** Live rows that would be deleted … */
  wouldDelete: number;
  /** … of so many. */
  liveRows: number;
  /** Whether that is within the cap: then it is planned, else nothing is. */
  allowed: boolean;
  /** Pages of keys to delete, those of parked rows among them. */
  pages: number;
}

/**
 * Finds every key that the hub holds, that the snapshot has not seen, and of which nothing was heard since it began, and
 * writes them down page by page, unless more than `mostPercent` of the live rows are among them (null: whatever it is).
 *
 * Needs no lock of ingest: a key can only leave this set later, by being heard of, and each page looks again when it is
 * deleted. Keys are compared by 64 bits of their hashes, and grouped rather than joined, so that no statistics can make it
 * slow; of two keys with one hash at most one is found, and none if either was sent: a collision can only keep a row. One that
 * somebody wrote another hash to by hand is kept: it may have been sent. The next comparison mends it.
 */
export async function planDeletes(
  tx: Executor,
  { vendorId, id, entity, startedAt }: { vendorId: string; id: string; entity: Entity; startedAt: string },
  mostPercent: number | null,
): Promise<PlannedDeletes> {
  const table = sql.raw(entity);
  const { rows } = await tx.execute<{ would_delete: string; live_rows: string; allowed: boolean; pages: string }>(sql`
    with known as (
      select live.key_hash, ${sql.raw(KEY_SQL[entity])} as key, live.touched_at >= ${startedAt}::timestamptz as heard, true as is_live
        from ${table} as live where live.vendor_id = ${vendorId} and live.deleted_at is null
      union all
      select key_hash, key, last_seen_at >= ${startedAt}::timestamptz, false
        from parked_rows where vendor_id = ${vendorId} and entity = ${entity}
      union all
      select unnest(key_hashes), null, true, false from snapshot_keys where vendor_id = ${vendorId} and snapshot_id = ${id}),
    due as materialized (
      select min(key) as key, bool_or(is_live) as is_live from known group by key_hash
        having case when bool_or(heard) then false else key_hash = ${sql.raw(keyHashSql('min(key)'))} end),
    total as materialized (
      select (select count(*) from due where is_live) as would_delete,
        (select count(*) from ${table} where vendor_id = ${vendorId} and deleted_at is null) as live_rows),
    verdict as materialized (
      select *, ${mostPercent}::int is null or would_delete * 100 <= live_rows * ${mostPercent}::int as allowed from total),
    planned as (
      insert into snapshot_deletes (vendor_id, snapshot_id, page, keys)
      select ${vendorId}, ${id}::uuid, page, array_agg(key) from (
          select key, (row_number() over () - 1) / ${PAGE} as page from due where (select allowed from verdict)) as numbered
        group by page
      returning 1)
    select would_delete, live_rows, allowed, (select count(*) from planned) as pages from verdict`);
  const [row] = rows;
  if (row === undefined) throw new Error('a plan of deletes gives one row');
  return { wouldDelete: Number(row.would_delete), liveRows: Number(row.live_rows), allowed: row.allowed, pages: Number(row.pages) };
}
