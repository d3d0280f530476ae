import type { Pool } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { numberLiteral } from '../ingest/array-literal';
import { keyHashNumber, rowDigestNumber } from '../ingest/digest-numbers';
import { IS_EXPIRED } from './snapshot-state';

const HALF_OF_A_PAIR = /\p{Surrogate}/u;

/** What was remembered into, or why nothing was: only an open one of that entity that has not expired takes keys. */
export interface AskedSnapshot {
  status: string;
  entity: Entity;
  expired: boolean;
}

/**
 * Keeps for a snapshot that these keys were sent, each with the last hash it was sent with, in a transaction of its own:
 * ingest the rows after it, and no crash can leave a row that was ingested and forgotten. Waits while a commit decides.
 * Undefined: the vendor has no such snapshot.
 */
export async function rememberKeys(
  pool: Pool,
  snapshot: { vendorId: string; id: string; entity: Entity },
  sent: ReadonlyMap<string, string>,
): Promise<AskedSnapshot | undefined> {
  const keys = [...sent];
  const { rows } = await pool.query<AskedSnapshot>({
    name: 'remember-keys',
    text: `with found as materialized (
        select status, entity, ${IS_EXPIRED} as expired from snapshots where vendor_id = $1 and id = $2::uuid for share),
      kept as (
        insert into snapshot_keys (vendor_id, snapshot_id, key_hashes, row_digests)
        select $1, $2::uuid, $4::bigint[], $5::bigint[] from found
          where status = 'open' and not expired and entity = $3 and cardinality($4::bigint[]) > 0)
      select status, entity, expired from found`,
    values: [
      snapshot.vendorId,
      snapshot.id,
      snapshot.entity,
      numberLiteral(keys.map(([key]) => sentKeyHash(key))),
      numberLiteral(keys.map(([key, contentHash]) => rowDigestNumber(key, contentHash))),
    ],
  });
  return rows[0];
}

/**
 * The hash that a sent key is told apart by: that of stored rows. Keys with half of a surrogate pair are never stored, and
 * look alike in UTF-8: they are told apart by their escapes, behind a character that no stored key has.
 */
function sentKeyHash(key: string): bigint {
  return keyHashNumber(HALF_OF_A_PAIR.test(key) ? `\0${JSON.stringify(key)}` : key);
}
