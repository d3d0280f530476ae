import type { Pool, PoolClient } from 'pg';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { formatDigest } from '@repo/contracts/digest';

/** The root of a vendor's entity: how many rows, and the sum of their digests as 16 hex digits. */
export interface Root {
  count: number;
  digest: string;
}

const READ = {
  name: 'read-roots',
  text: `select entity, sum(count)::text as count, sum(digest)::text as digest from (
    select entity, count, digest from sync_digests where vendor_id = $1
    union all
    select entity, count_delta, digest_delta from sync_digest_deltas where vendor_id = $1) as parts
    group by entity`,
};

/** The running roots of a vendor: base and deltas in one statement, so with everything whose ingest was answered before. */
export async function readRoots(executor: Pool | PoolClient, vendorId: string): Promise<Record<Entity, Root>> {
  const { rows } = await executor.query<{ entity: Entity; count: string; digest: string }>({ ...READ, values: [vendorId] });
  const roots = Object.fromEntries(ENTITY_LIST.map((entity) => [entity, { count: 0, digest: formatDigest(0n) }])) as Record<Entity, Root>;
  for (const { entity, count, digest } of rows) roots[entity] = { count: Number(count), digest: formatDigest(BigInt(digest)) };
  return roots;
}

/**
 * The same root computed from the rows: live ones, and parked ones in place of the live row of their key. A scan, and a look-up
 * for each parked row: what the planner would take instead, while its statistics do not know the vendor yet, may take hours.
 */
export async function computeRoot(executor: Pool | PoolClient, vendorId: string, entity: Entity): Promise<Root> {
  const { rows } = await executor.query<{ count: string; digest: string }>(
    `select sum(count)::text as count, sum(digest)::text as digest from (
       select count(*) as count, coalesce(sum(row_digest), 0) as digest from ${entity} where vendor_id = $1 and deleted_at is null
       union all
       select count(*) - count(live.row_digest), coalesce(sum(parked.row_digest), 0) - coalesce(sum(live.row_digest), 0)
         from parked_rows as parked
         left join lateral (
           select row_digest from ${entity} as live where vendor_id = $1 and deleted_at is null and ${LIVE_OF_PARKED[entity]} limit 1) as live on true
         where parked.vendor_id = $1 and parked.entity = $2) as parts`,
    [vendorId, entity],
  );
  const { count = '0', digest = '0' } = rows[0] ?? {};
  return { count: Number(count), digest: formatDigest(BigInt(digest)) };
}

/** Whether a row under the name `live` has the key of one under the name `parked`, by its primary key. */
export const LIVE_OF_PARKED: Record<Entity, string> = {
  items: 'live.sku = parked.key',
  warehouses: 'live.erp_warehouse_id = parked.key',
  stock: `live.erp_warehouse_id = split_part(parked.key, U&'\\001F', 1) and live.sku = split_part(parked.key, U&'\\001F', 2)`,
};

/** The key of a synchronised row as both sides of the wire name it, from its table under the name `live`. */
export const KEY_SQL: Record<Entity, string> = {
  items: 'live.sku',
  warehouses: 'live.erp_warehouse_id',
  stock: `live.erp_warehouse_id || U&'\\001F' || live.sku`,
};

/**
 * Folds deltas into their bases, at most `most` of them; safe to run anywhere at any time, since each delta is deleted
 * once. Returns how many were folded.
 */
export async function foldDeltas(executor: Pool | PoolClient, most = 5_000): Promise<number> {
  const { rows } = await executor.query<{ folded: string }>(
    `with taken as (
       delete from sync_digest_deltas where (vendor_id, entity, id) in (
         select vendor_id, entity, id from sync_digest_deltas order by vendor_id, entity, id limit $1 for update skip locked)
       returning vendor_id, entity, count_delta, digest_delta),
     sums as (
       select vendor_id, entity, count(*) as folded, sum(count_delta) as count, sum(digest_delta) as digest
         from taken group by vendor_id, entity),
     bases as (
       insert into sync_digests as base (vendor_id, entity, count, digest, folded_at)
       select vendor_id, entity, count, mod(mod(digest, 18446744073709551616) + 18446744073709551616, 18446744073709551616), clock_timestamp()
         from sums order by vendor_id, entity
       on conflict (vendor_id, entity) do update set
         count = base.count + excluded.count,
         digest = mod(base.digest + excluded.digest, 18446744073709551616),
         folded_at = excluded.folded_at
       returning 1)
     select coalesce(sum(folded), 0)::text as folded from sums where (select count(*) from bases) >= 0`,
    [most],
  );
  return Number(rows[0]?.folded ?? 0);
}
