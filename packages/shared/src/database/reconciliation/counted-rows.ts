import type { Entity } from '@repo/contracts/primitives';
import { KEY_SQL } from '../ingest/digest-root';

/**
 * The rows that a comparison counts, below ranges of key hashes, as `(key_hash, row_digest, key)`: live ones, and parked
 * ones in place of the live row of their key. $1 vendor, $2 entity, $3 and $4 the low and high ends of the ranges, which
 * must not overlap.
 */
export function countedRows(entity: Entity): string {
  return `unnest($3::bigint[], $4::bigint[]) as range (low, high) cross join lateral (
      select live.key_hash, live.row_digest, ${KEY_SQL[entity]} as key from ${entity} as live
        where live.vendor_id = $1 and live.key_hash between range.low and range.high and live.deleted_at is null
          and not exists (select from parked_rows as parked
            where parked.vendor_id = $1 and parked.entity = $2 and parked.key = ${KEY_SQL[entity]})
      union all
      select parked.key_hash, parked.row_digest, parked.key from parked_rows as parked
        where parked.vendor_id = $1 and parked.entity = $2 and parked.key_hash between range.low and range.high) as counted`;
}
