import type { Entity } from '@repo/contracts/primitives';
import { CHANGE_SEQ } from '../change-sequence';
import { KEY_COLUMNS } from './entity-columns';

/**
 * The one statement that deletes rows: `$1` vendor, `$2` distinct keys, `$3` since when nothing may have been heard of
 * them, then the columns of the keys. Says how many rows and how many parked rows are gone.
 */
export function tombstoneStatement(entity: Entity): string {
  const keys = KEY_COLUMNS[entity].map(({ column }) => column);
  // Row by row through the primary key, then by place, as in `advanceStatement`. A key counted with its parked row, else
  // with its live one, and counts no more.
  return `with wanted as materialized (
      select * from unnest($2::text[], ${keys.map((_, i) => `$${i + 4}::text[]`).join(', ')}) as wanted (key, ${keys.map((key) => `own_${key}`).join(', ')})),
    live as materialized (
      select wanted.key, found.* from wanted
        cross join lateral (
          select stored.ctid as place, stored.touched_at, stored.row_digest from ${entity} as stored
            where stored.vendor_id = $1 and ${keys.map((key) => `stored.${key} = wanted.own_${key}`).join(' and ')} and stored.deleted_at is null
            limit 1 for no key update) as found),
    parked as materialized (
      select key, last_seen_at from parked_rows where vendor_id = $1 and entity = '${entity}' and key = any($2::text[])),
    heard as materialized (
      select key from live where touched_at >= $3 union all select key from parked where last_seen_at >= $3),
    gone as (
      update ${entity} as stored set deleted_at = moment.now, touched_at = moment.now, updated_at = moment.now, change_seq = ${CHANGE_SEQ}
        from live, (select clock_timestamp() as now) as moment
        where stored.ctid = live.place and not exists (select from heard where heard.key = live.key)
      returning live.key, live.row_digest),
    dropped as (
      delete from parked_rows where vendor_id = $1 and entity = '${entity}'
          and key in (select key from parked where not exists (select from heard where heard.key = parked.key))
      returning key, row_digest),
    delta as (
      insert into sync_digest_deltas (vendor_id, entity, count_delta, digest_delta)
      select $1, '${entity}', -count(*), -sum(coalesce(dropped.row_digest, gone.row_digest)::numeric)
        from gone full join dropped on dropped.key = gone.key having count(*) > 0)
    select (select count(*)::int from gone), (select count(*)::int from dropped)`;
}
