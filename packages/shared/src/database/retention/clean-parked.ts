import type { Entity } from '@repo/contracts/primitives';
import type { Pool } from 'pg';
import { alongIndexes } from '../delivery/along-indexes';
import { inEntityTransaction } from '../ingest/entity-transaction';

// What was first seen later was last seen later, too: the index on that is not written again with every time it is seen.
const AGO = `now() - $1::int * interval '24 hours'`;
const DUE = `first_seen_at < ${AGO} and last_seen_at < ${AGO}`;

/** How many parked rows were not seen for so many days. */
export async function countDueParked(pool: Pool, days: number): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from parked_rows where ${DUE}`, [days]);
  return rows[0]?.n ?? 0;
}

/**
 * Removes at most `most` parked rows of one vendor's entity that has any, under the lock that ingest and replay take, and
 * takes them out of the root: the live row of the key, where there is one, counts again. Returns how many; 0: there are none.
 */
export async function cleanParked(pool: Pool, days: number, most: number): Promise<number> {
  const { rows } = await alongIndexes(pool, (client) =>
    client.query<{ vendor_id: string; entity: Entity }>(
      `select vendor_id, entity from parked_rows where ${DUE} order by first_seen_at limit 1`,
      [days],
    ),
  );
  const [group] = rows;
  if (group === undefined) return 0;
  return inEntityTransaction(pool, group.vendor_id, group.entity, 'alone', async (client) => {
    const removed = await client.query<{ n: number }>(statement(group.entity), [days, group.vendor_id, most]);
    return removed.rows[0]?.n ?? 0;
  });
}

const KEY_IS: Record<Entity, string> = {
  items: 'live.sku = dropped.key',
  warehouses: 'live.erp_warehouse_id = dropped.key',
  stock: `live.erp_warehouse_id = split_part(dropped.key, U&'\\001F', 1) and live.sku = split_part(dropped.key, U&'\\001F', 2)`,
};

function statement(entity: Entity): string {
  return `with due as (
      select key from parked_rows where vendor_id = $2 and entity = '${entity}' and ${DUE} order by key limit $3),
    dropped as (
      delete from parked_rows where vendor_id = $2 and entity = '${entity}' and key in (select key from due) returning key, row_digest),
    changes (count, digest) as (
      select -1, -row_digest::numeric from dropped
      union all
      select 1, live.row_digest::numeric from dropped
        join ${entity} live on live.vendor_id = $2 and ${KEY_IS[entity]} and live.deleted_at is null),
    delta as (
      insert into sync_digest_deltas (vendor_id, entity, count_delta, digest_delta)
      select $2, '${entity}', sum(count), sum(digest) from changes having sum(count) <> 0 or sum(digest) <> 0)
    select count(*)::int as n from dropped`;
}
