import type { Pool, PoolClient } from 'pg';
import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';
import { textLiteral } from './array-literal';
import type { BatchState } from './batch-types';

const MICROS = '(extract(epoch from last_synced_at) * 1000000)::bigint::text';
const PARKED = (entity: Entity, keys: string) =>
  `select 'p', key, content_hash, ${MICROS}, false from parked_rows where vendor_id = $1 and entity = '${entity}' and key = any(${keys})`;

/**
 * One statement an entity: all of it seen at one moment. Keys are joined, not listed: a join looks each up in the primary
 * key, where a list lets the planner, without statistics yet, walk a whole vendor's `_changes` index.
 * Rows are (kind, key, content_hash, micros, deleted).
 */
const QUERIES: Readonly<Record<Entity, string>> = {
  items: `select 's' as kind, sku as key, content_hash, ${MICROS} as micros, deleted_at is not null as deleted
      from unnest($2::text[]) as wanted (key) join items on vendor_id = $1 and sku = wanted.key
    union all ${PARKED('items', '$2::text[]')}
    union all select 'v', version::text, null, null, false from mapping_versions where vendor_id = $1`,
  warehouses: `select 's' as kind, erp_warehouse_id as key, content_hash, ${MICROS} as micros, deleted_at is not null as deleted
      from unnest($2::text[]) as wanted (key) join warehouses on vendor_id = $1 and erp_warehouse_id = wanted.key
    union all ${PARKED('warehouses', '$2::text[]')}`,
  stock: `select 's' as kind, stock.erp_warehouse_id || U&'\\001F' || stock.sku as key, content_hash, ${MICROS} as micros,
        deleted_at is not null as deleted
      from unnest($3::text[], $4::text[]) as wanted (erp_warehouse_id, sku)
      join stock on stock.vendor_id = $1 and stock.erp_warehouse_id = wanted.erp_warehouse_id and stock.sku = wanted.sku
    union all ${PARKED('stock', '$2::text[]')}
    union all select 'i', sku, null, null, false
      from unnest($5::text[]) as wanted (key) join items on vendor_id = $1 and sku = wanted.key where deleted_at is null
    union all select 'w', erp_warehouse_id, null, null, false
      from unnest($6::text[]) as wanted (key) join warehouses on vendor_id = $1 and erp_warehouse_id = wanted.key where deleted_at is null`,
};

/** Reads what planning needs of these keys, in one statement and without locks. */
export async function readBatchState(
  executor: Pool | PoolClient,
  vendorId: string,
  entity: Entity,
  keys: readonly string[],
): Promise<BatchState> {
  const state: BatchState = {
    stored: new Map(),
    parked: new Map(),
    liveItems: new Set(),
    liveWarehouses: new Set(),
    mappingVersion: null,
  };
  const { rows } = await executor.query<[kind: string, key: string, contentHash: string, micros: string, deleted: boolean]>({
    name: `read-batch-${entity}`,
    text: QUERIES[entity],
    values: [vendorId, textLiteral(keys), ...(entity === 'stock' ? stockParts(keys) : [])],
    rowMode: 'array',
  });
  for (const [kind, key, contentHash, micros, deleted] of rows) {
    if (kind === 's') state.stored.set(key, { contentHash, micros: Number(micros), deleted });
    else if (kind === 'p') state.parked.set(key, { contentHash, micros: Number(micros) });
    else if (kind === 'i') state.liveItems.add(key);
    else if (kind === 'w') state.liveWarehouses.add(key);
    else state.mappingVersion = key;
  }
  return state;
}

/** Both halves of each key, and the distinct SKUs and warehouses among them. */
function stockParts(keys: readonly string[]): string[] {
  const warehouses: string[] = [];
  const skus: string[] = [];
  for (const key of keys) {
    const at = key.indexOf(KEY_SEPARATOR);
    warehouses.push(key.slice(0, at));
    skus.push(key.slice(at + 1));
  }
  return [warehouses, skus, [...new Set(skus)], [...new Set(warehouses)]].map(textLiteral);
}
