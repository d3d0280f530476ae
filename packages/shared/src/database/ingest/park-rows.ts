import type { PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { isoOfMicros } from '@repo/contracts/timestamp';
import { numberLiteral, textLiteral } from './array-literal';
import type { RowToPark } from './batch-types';
import { keyHashNumber, rowDigestNumber } from './digest-numbers';

/**
 * Keeps rows until what they wait for arrives; a key has at most one parked row. Only for one who holds the lock alone.
 * `seen`: the agent has just sent it; a replay that parks again does not prolong a row's life.
 */
export async function parkRows(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  rows: readonly RowToPark[],
  seen: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query({
    name: 'park-rows',
    text: `insert into parked_rows as kept (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for, first_seen_at, last_seen_at)
      select $1, $2, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason,
          array(select jsonb_array_elements_text(waits_for)), clock_timestamp(), clock_timestamp()
        from unnest($3::text[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::bigint[], $8::bigint[], $9::text[], $10::jsonb[])
          as batch (key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for)
        order by key
      on conflict (vendor_id, entity, key) do update set
        payload = excluded.payload, content_hash = excluded.content_hash, last_synced_at = excluded.last_synced_at,
        row_digest = excluded.row_digest, reason = excluded.reason, waits_for = excluded.waits_for,
        last_seen_at = case when $11::boolean then excluded.last_seen_at else kept.last_seen_at end`,
    values: [
      vendorId,
      entity,
      textLiteral(rows.map(({ key }) => key)),
      textLiteral(rows.map(({ row }) => JSON.stringify(row))),
      textLiteral(rows.map(({ row }) => row.contentHash)),
      textLiteral(rows.map(({ micros }) => isoOfMicros(micros))),
      numberLiteral(rows.map(({ key }) => keyHashNumber(key))),
      numberLiteral(rows.map(({ key, row }) => rowDigestNumber(key, row.contentHash))),
      textLiteral(rows.map(({ reason }) => reason)),
      textLiteral(rows.map(({ waitsFor }) => JSON.stringify(waitsFor))),
      seen,
    ],
  });
}

/** Removes the parked rows of these keys. Only for one who holds the lock alone. */
export async function unparkRows(client: PoolClient, vendorId: string, entity: Entity, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await client.query({
    name: 'unpark-rows',
    text: 'delete from parked_rows where vendor_id = $1 and entity = $2 and key = any($3::text[])',
    values: [vendorId, entity, textLiteral(keys)],
  });
}

/** Appends a change of the root; nothing for no change. */
export async function appendDelta(client: PoolClient, vendorId: string, entity: Entity, count: number, digest: bigint): Promise<void> {
  if (count === 0 && digest === 0n) return;
  await client.query({
    name: 'append-delta',
    text: 'insert into sync_digest_deltas (vendor_id, entity, count_delta, digest_delta) values ($1, $2, $3, $4)',
    values: [vendorId, entity, count, digest.toString()],
  });
}
