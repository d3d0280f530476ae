import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { textLiteral } from '../ingest/array-literal';
import { KEY_SQL } from '../ingest/digest-root';
import { keyHashSql, rowDigestSql } from '../ingest/digest-sql';
import { KEY_COLUMNS } from '../ingest/entity-columns';
import { inEntityTransaction } from '../ingest/entity-transaction';
import { keyParts } from '../ingest/key-parts';

/** How many keys one statement mends. */
const MOST_KEYS = 5_000;

/** Whether what is stored beside key and content hash is something else than their digests. */
const isFalse = (key: string, row: string): string =>
  `(${row}.row_digest <> ${rowDigestSql(key, `${row}.content_hash`)} or ${row}.key_hash <> ${keyHashSql(key)})`;

/**
 * Keys of counted rows, live or parked, whose stored digests are not those of their key and content hash: somebody wrote one
 * of them by hand. At most `most`. A scan that hashes every row.
 */
export async function findFalseDigests(executor: Pool | PoolClient, vendorId: string, entity: Entity, most: number): Promise<string[]> {
  const { rows } = await executor.query<[string]>({
    text: `select ${KEY_SQL[entity]} from ${entity} as live
        where vendor_id = $1 and deleted_at is null and ${isFalse(KEY_SQL[entity], 'live')}
      union select parked.key from parked_rows as parked
        where vendor_id = $1 and entity = $2 and ${isFalse('parked.key', 'parked')}
      limit $3`,
    values: [vendorId, entity, most],
    rowMode: 'array',
  });
  return rows.map(([key]) => key);
}

/**
 * Writes the digests that belong to the key and content hash of these rows; a page is a transaction that holds the lock of the
 * entity alone. The running root is left as it is: check it against the rows afterwards. Gives how many keys were mended.
 */
export async function mendDigests(pool: Pool, vendorId: string, entity: Entity, keys: readonly string[]): Promise<number> {
  let mended = 0;
  for (let at = 0; at < keys.length; at += MOST_KEYS) {
    const some = keys.slice(at, at + MOST_KEYS);
    mended += await inEntityTransaction(pool, vendorId, entity, 'alone', async (client) => {
      const { rows } = await client.query<{ mended: number }>(MEND[entity], [
        vendorId,
        entity,
        textLiteral(some),
        ...keyParts(entity, some).map(textLiteral),
      ]);
      return rows[0]?.mended ?? 0;
    });
  }
  return mended;
}

const MEND: Readonly<Record<Entity, string>> = {
  items: mendStatement('items'),
  stock: mendStatement('stock'),
  warehouses: mendStatement('warehouses'),
};

/** `$1` vendor, `$2` entity, `$3` keys, then the columns of the keys. Row by row through the primary key, then by place. */
function mendStatement(entity: Entity): string {
  const keys = KEY_COLUMNS[entity].map(({ column }) => column);
  return `with wanted as materialized (
      select * from unnest($3::text[], ${keys.map((_, i) => `$${i + 4}::text[]`).join(', ')})
        as wanted (key, ${keys.map((key) => `own_${key}`).join(', ')})),
    wrong as materialized (
      select wanted.key, found.place, ${keyHashSql('wanted.key')} as key_hash, ${rowDigestSql('wanted.key', 'found.content_hash')} as row_digest
        from wanted cross join lateral (
          select live.ctid as place, live.content_hash from ${entity} as live
            where live.vendor_id = $1 and ${keys.map((key) => `live.${key} = wanted.own_${key}`).join(' and ')}
              and ${isFalse(KEY_SQL[entity], 'live')}
            limit 1 for no key update) as found),
    mended as (
      update ${entity} as stored set key_hash = wrong.key_hash, row_digest = wrong.row_digest from wrong where stored.ctid = wrong.place
      returning wrong.key),
    mended_parked as (
      update parked_rows as parked set key_hash = ${keyHashSql('parked.key')}, row_digest = ${rowDigestSql('parked.key', 'parked.content_hash')}
        where parked.vendor_id = $1 and parked.entity = $2 and parked.key = any($3::text[]) and ${isFalse('parked.key', 'parked')}
      returning parked.key)
    select count(*)::int as mended from (select key from mended union select key from mended_parked) as either`;
}
