import type { Pool, PoolClient } from 'pg';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { textLiteral } from './array-literal';

/** Whether what `waited` (one entry of waits_for) stands for is there now. */
const ARRIVED = `case split_part(waited, ':', 1)
    when 'item' then exists (select from items
      where vendor_id = parked.vendor_id and sku = substr(waited, 6) and deleted_at is null)
    when 'warehouse' then exists (select from warehouses
      where vendor_id = parked.vendor_id and erp_warehouse_id = substr(waited, 11) and deleted_at is null)
    else exists (select from erp_code_mappings as mapping
      where mapping.vendor_id = parked.vendor_id and mapping.mapping_type = split_part(waited, ':', 1)
        and mapping.erp_code = substr(waited, strpos(waited, ':') + 1) and mapping.is_active)
  end`;

/**
 * Keys of parked rows of one vendor's entity for which something they wait for has arrived: first those that wait for nothing
 * else, then those that wait for less than is written down; each the oldest first.
 */
export async function findReplayable(executor: Pool, vendorId: string, entity: Entity, most: number): Promise<string[]> {
  const { rows } = await executor.query<[string]>({
    name: 'find-replayable',
    text: `select key from parked_rows as parked where vendor_id = $1 and entity = $2
        and exists (select from unnest(waits_for) as waited where ${ARRIVED})
      order by exists (select from unnest(waits_for) as waited where not ${ARRIVED}), first_seen_at, key limit $3`,
    values: [vendorId, entity, most],
    rowMode: 'array',
  });
  return rows.map(([key]) => key);
}

/** Which vendors' entities have parked rows at all. */
export async function listParkedSets(executor: Pool, vendorId?: string): Promise<{ vendorId: string; entity: Entity; count: number }[]> {
  const { rows } = await executor.query<{ vendor_id: string; entity: Entity; count: string }>(
    `select vendor_id, entity, count(*) as count from parked_rows where $1::text is null or vendor_id = $1
      group by vendor_id, entity order by vendor_id, entity`,
    [vendorId ?? null],
  );
  return rows.map((row) => ({ vendorId: row.vendor_id, entity: row.entity, count: Number(row.count) }));
}

/** The payloads of parked rows, oldest first. */
export async function readParked(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  keys: readonly string[],
): Promise<{ key: string; payload: unknown }[]> {
  const { rows } = await client.query<{ key: string; payload: unknown }>({
    name: 'read-parked',
    text: `select key, payload from parked_rows where vendor_id = $1 and entity = $2 and key = any($3::text[]) order by first_seen_at, key`,
    values: [vendorId, entity, textLiteral(keys)],
  });
  return rows;
}

/** How many rows are parked, by entity; for metrics. */
export async function countParked(executor: Pool): Promise<Record<Entity, number>> {
  const { rows } = await executor.query<{ entity: Entity; count: string }>(
    'select entity, count(*) as count from parked_rows group by entity',
  );
  const counts = Object.fromEntries(ENTITY_LIST.map((entity) => [entity, 0])) as Record<Entity, number>;
  for (const { entity, count } of rows) counts[entity] = Number(count);
  return counts;
}
