import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { textLiteral } from './array-literal';
import type { BatchState } from './batch-types';
import { keyParts } from './key-parts';

const MICROS = '(extract(epoch from last_synced_at) * 1000000)::bigint::text';
const PARKED = (entity: Entity, keys: string) =>
  `select 'p', key, content_hash, ${MICROS}, false, null::boolean from parked_rows where vendor_id = $1 and entity = '${entity}' and key = any(${keys})`;

/**
 * The row of each wanted key, looked up in the primary key. A plain join would leave it to the planner, which reads the
 * whole vendor instead where its statistics do not know the vendor yet; a subquery with a limit is carried out key by key.
 */
const lookUp = (table: string, columns: string, where: string) =>
  `cross join lateral (select ${columns} from ${table} where vendor_id = $1 and ${where} limit 1) as found`;

/**
 * $3: the snapshot that the rows are sent for. It remembers their keys by itself; any other, and a comparison that is under
 * way, looks at when they were touched.
 */
const stored = (entity: Entity) =>
  `found.content_hash, (extract(epoch from found.last_synced_at) * 1000000)::bigint::text as micros, found.deleted_at is not null as deleted,
    found.touched_at < greatest(
      (select max(started_at) from snapshots
        where vendor_id = $1 and entity = '${entity}' and status in ('open', 'held', 'committing') and id is distinct from $3::uuid),
      (select started_at from reconciliation_runs
        where vendor_id = $1 and entity = '${entity}' and ended_at is null)) as touch`;
const STORED_COLUMNS = 'content_hash, last_synced_at, deleted_at, touched_at';

/** One statement an entity: all of it seen at one moment. Rows are (kind, key, content_hash, micros, deleted, touch). */
export const READ_STATEMENTS: Readonly<Record<Entity, string>> = {
  items: `select 's' as kind, wanted.key, ${stored('items')}
      from unnest($2::text[]) as wanted (key) ${lookUp('items', STORED_COLUMNS, 'sku = wanted.key')}
    union all ${PARKED('items', '$2::text[]')}
    union all select 'v', version::text, null, null, false, null from mapping_versions where vendor_id = $1`,
  warehouses: `select 's' as kind, wanted.key, ${stored('warehouses')}
      from unnest($2::text[]) as wanted (key) ${lookUp('warehouses', STORED_COLUMNS, 'erp_warehouse_id = wanted.key')}
    union all ${PARKED('warehouses', '$2::text[]')}`,
  stock: `select 's' as kind, wanted.key, ${stored('stock')}
      from unnest($2::text[], $4::text[], $5::text[]) as wanted (key, erp_warehouse_id, sku)
        ${lookUp('stock', STORED_COLUMNS, 'erp_warehouse_id = wanted.erp_warehouse_id and sku = wanted.sku')}
    union all ${PARKED('stock', '$2::text[]')}
    union all select 'i', wanted.key, null, null, false, null
      from unnest($6::text[]) as wanted (key) ${lookUp('items', 'sku', 'sku = wanted.key and deleted_at is null')}
    union all select 'w', wanted.key, null, null, false, null
      from unnest($7::text[]) as wanted (key) ${lookUp('warehouses', 'erp_warehouse_id', 'erp_warehouse_id = wanted.key and deleted_at is null')}`,
};

/** Reads what planning needs of these keys, in one statement and without locks. `snapshotId`: that the rows are sent for. */
export async function readBatchState(
  executor: Pool | PoolClient,
  vendorId: string,
  entity: Entity,
  keys: readonly string[],
  snapshotId: string | null = null,
): Promise<BatchState> {
  const state: BatchState = {
    stored: new Map(),
    parked: new Map(),
    liveItems: new Set(),
    liveWarehouses: new Set(),
    mappingVersion: null,
  };
  const { rows } = await executor.query<
    [kind: string, key: string, contentHash: string, micros: string, deleted: boolean, touch: boolean | null]
  >({
    name: `read-batch-${entity}`,
    text: READ_STATEMENTS[entity],
    values: [vendorId, textLiteral(keys), snapshotId, ...(entity === 'stock' ? stockParts(keys) : [])],
    rowMode: 'array',
  });
  for (const [kind, key, contentHash, micros, deleted, touch] of rows) {
    if (kind === 's') state.stored.set(key, { contentHash, micros: Number(micros), deleted, touch: touch === true });
    else if (kind === 'p') state.parked.set(key, { contentHash, micros: Number(micros) });
    else if (kind === 'i') state.liveItems.add(key);
    else if (kind === 'w') state.liveWarehouses.add(key);
    else state.mappingVersion = key;
  }
  return state;
}

/** Both halves of each key, and the distinct warehouses and SKUs among them. */
function stockParts(keys: readonly string[]): string[] {
  const [warehouses = [], skus = []] = keyParts('stock', keys);
  return [warehouses, skus, [...new Set(skus)], [...new Set(warehouses)]].map(textLiteral);
}
