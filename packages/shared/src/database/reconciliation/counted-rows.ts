import type { Entity } from '@repo/contracts/primitives';
import { KEY_SQL, LIVE_OF_PARKED } from '../ingest/digest-root';

/**
 * The rows that a comparison counts, below ranges of key hashes, as `(key_hash, row_digest, key, is_parked, n)`: live ones and
 * parked ones, `n` times each. A live row whose key has a parked one is there once more, −1 times: so nothing is left to how many
 * rows the planner takes to be parked. $1 vendor, $2 entity, $3 and $4 the low and high ends of the ranges, which must not overlap.
 */
export function countedRows(entity: Entity): string {
  const parkedBelow = `parked.vendor_id = $1 and parked.entity = $2 and parked.key_hash between range.low and range.high`;
  return `unnest($3::bigint[], $4::bigint[]) as range (low, high) cross join lateral (
      select live.key_hash, live.row_digest, ${KEY_SQL[entity]} as key, false as is_parked, 1 as n from ${entity} as live
        where live.vendor_id = $1 and live.key_hash between range.low and range.high and live.deleted_at is null
      union all
      select parked.key_hash, parked.row_digest, parked.key, true, 1 from parked_rows as parked where ${parkedBelow}
      union all
      select parked.key_hash, live.row_digest, parked.key, false, -1 from parked_rows as parked
        cross join lateral (select row_digest from ${entity} as live
          where live.vendor_id = $1 and live.deleted_at is null and ${LIVE_OF_PARKED[entity]} limit 1) as live
        where ${parkedBelow}) as counted`;
}
