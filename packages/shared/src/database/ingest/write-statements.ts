import type { Entity } from '@repo/contracts/primitives';
import { CHANGE_SEQ } from '../change-sequence';
import { KEY_COLUMNS, MAPPED_COLUMNS, ROW_COLUMNS, type RowColumn } from './entity-columns';

/** The columns of a written row in the order of the upsert's parameters; `$1` is the vendor, `$2` the mapping version. */
export function upsertColumns(entity: Entity): readonly RowColumn[] {
  return [...KEY_COLUMNS[entity], ...ROW_COLUMNS[entity], ...(entity === 'items' ? MAPPED_COLUMNS : [])];
}

/** How a written row and its key are told apart from those before; for stock the key is both halves joined. */
export const KEY_OF: Readonly<Record<Entity, (row: string) => string>> = {
  items: (row) => `${row}.sku`,
  warehouses: (row) => `${row}.erp_warehouse_id`,
  stock: (row) => `${row}.erp_warehouse_id || U&'\\001F' || ${row}.sku`,
};

/**
 * How rows are written: `shared` beside other batches; `alone` by one who holds the lock alone; `healing` likewise, where the
 * ERP is right whatever the times say.
 */
export type WriteMode = 'shared' | 'alone' | 'healing';

/**
 * The one statement that writes a batch. Guarded by time and hash, so that of two batches the newer row wins whatever the
 * order in which they come; rows are locked in the order of their keys, so that no two batches can deadlock. Nothing is
 * written for a key that has a parked row (that takes the lock alone) or with mappings of another version. Returns the
 * keys it wrote, and appends their digest delta.
 */
export function upsertStatement(entity: Entity, mode: WriteMode): string {
  const alone = mode !== 'shared';
  const own = upsertColumns(entity);
  const synced = ['content_hash', 'last_synced_at', 'key_hash', 'row_digest'];
  const names = [...own.map(({ column }) => column), ...synced];
  const types = [...own.map(({ kind }) => kind), 'text', 'timestamptz', 'bigint', 'bigint'];
  const parameters = types.map((type, i) => `$${i + 3}::${type}[]`).join(', ');
  const keys = KEY_COLUMNS[entity].map(({ column }) => column);
  const written = names.filter((name) => !keys.includes(name));
  const guards = [
    ...(alone
      ? []
      : [
          `not exists (select from parked_rows as parked
         where parked.vendor_id = $1 and parked.entity = '${entity}' and parked.key = ${KEY_OF[entity]('batch')})`,
        ]),
    entity === 'items'
      ? '(select version from mapping_versions where vendor_id = $1) is not distinct from $2::bigint'
      : '$2::bigint is null',
  ];
  return `with written as (
      insert into ${entity} as stored (vendor_id, ${names.join(', ')}, created_at, touched_at, updated_at, change_seq)
      select $1, ${names.map((name) => `batch.${name}`).join(', ')}, moment.now, moment.now, moment.now, ${CHANGE_SEQ}
        from unnest(${parameters}) as batch (${names.join(', ')}), (select clock_timestamp() as now) as moment
        where ${guards.join(' and ')}
        order by ${keys.map((key) => `batch.${key}`).join(', ')}
      on conflict (vendor_id, ${keys.join(', ')}) do update set
        ${written.map((name) => `${name} = excluded.${name}`).join(', ')},
        touched_at = greatest(stored.touched_at, excluded.touched_at), updated_at = excluded.updated_at, change_seq = excluded.change_seq, deleted_at = null
        where ${mode === 'healing' ? '' : 'stored.last_synced_at <= excluded.last_synced_at and '}(
          stored.deleted_at is not null or stored.content_hash <> excluded.content_hash)
      returning ${KEY_OF[entity]('new')} as key, old.vendor_id is null as created, old.deleted_at is not null as restored,
        old.row_digest as old_digest, new.row_digest as new_digest)${alone ? '' : deltaOf(entity)}
    select key, case when created then 'created' when restored then 'restored' else 'updated' end as change from written`;
}

/** What the rows just written change in the root; under the lock alone the caller says it, since parked rows count then. */
function deltaOf(entity: Entity): string {
  return `,
    delta as (
      insert into sync_digest_deltas (vendor_id, entity, count_delta, digest_delta)
      select $1, '${entity}', count(*) filter (where created or restored),
          sum(new_digest) - coalesce(sum(old_digest) filter (where not created and not restored), 0)
        from written having count(*) > 0)`;
}

/**
 * Touches rows that came again unchanged, and moves their `last_synced_at` where they came with a newer one: a delayed older
 * row cannot win later.
 */
export function advanceStatement(entity: Entity): string {
  const keys = KEY_COLUMNS[entity].map(({ column }) => column);
  const parameters = [...keys.map(() => 'text'), 'text', 'timestamptz'].map((type, i) => `$${i + 2}::${type}[]`).join(', ');
  // Row by row in the order of the keys, each through the primary key; then by the place of the row, which is locked: to
  // name the vendor once more would only tempt the planner to read all of its rows.
  return `with batch as materialized (
      select * from unnest(${parameters}) as sent (${keys.join(', ')}, content_hash, last_synced_at)
        order by ${keys.map((key) => `${key} collate "C"`).join(', ')}),
    due as materialized (
      select found.place, batch.last_synced_at from batch
        cross join lateral (
          select stored.ctid as place from ${entity} as stored
            where stored.vendor_id = $1 and ${keys.map((key) => `stored.${key} = batch.${key}`).join(' and ')}
              and stored.deleted_at is null and stored.content_hash = batch.content_hash
            limit 1 for no key update) as found)
    update ${entity} as stored set last_synced_at = greatest(stored.last_synced_at, due.last_synced_at), touched_at = clock_timestamp()
      from due where stored.ctid = due.place
    returning ${KEY_OF[entity]('stored')} as key`;
}
