import type { Pool, PoolClient } from 'pg';
import { trimDecimal } from '@repo/contracts/decimal';
import { textLiteral } from '../ingest/array-literal';

/** What a line takes from its item when the client does not say. `vatRate` is in percent, a decimal without trailing zeros. */
export interface OrderedItem {
  name: string;
  vatRate: string;
}

/** The order that an idempotency key was used for, and the hash of what was asked for then. */
export interface FirstPlaced {
  orderId: string;
  hash: string;
}

/** What has to be known before an order can be placed. */
export interface BeforePlacing {
  /** The vendor's live items among those asked for, by SKU. */
  items: ReadonlyMap<string, OrderedItem>;
  /** Null: the key is new, or there is none. */
  first: FirstPlaced | null;
}

/** The second half finds an order by its key; `$2` is empty for those who want only that. */
const READ = {
  name: 'read-before-placing',
  // A subquery with a limit is carried out SKU by SKU, through the primary key, whatever the statistics say.
  text: `select true as is_item, wanted.sku as key, found.name as value, found.vat_rate::text as vat_rate
      from unnest($2::text[]) as wanted (sku)
        cross join lateral (
          select name, vat_rate from items where vendor_id = $1 and sku = wanted.sku and deleted_at is null limit 1) as found
    union all select false, id::text, idempotency_hash, null from orders where vendor_id = $1 and idempotency_key = $3`,
};

/** Reads the items of an order and the order that its idempotency key was used for, in one statement. */
export async function readBeforePlacing(
  executor: Pool | PoolClient,
  vendorId: string,
  skus: Iterable<string>,
  idempotencyKey: string | null,
): Promise<BeforePlacing> {
  const items = new Map<string, OrderedItem>();
  let first: FirstPlaced | null = null;
  const { rows } = await executor.query<[isItem: boolean, key: string, value: string, vatRate: string]>({
    ...READ,
    values: [vendorId, textLiteral([...new Set(skus)]), idempotencyKey],
    rowMode: 'array',
  });
  for (const [isItem, key, value, vatRate] of rows) {
    if (isItem) items.set(key, { name: value, vatRate: trimDecimal(vatRate) });
    else first = { orderId: key, hash: value };
  }
  return { items, first };
}

/** The order that an idempotency key was used for; null while there is none. */
export async function findFirstPlaced(executor: Pool | PoolClient, vendorId: string, idempotencyKey: string): Promise<FirstPlaced | null> {
  return (await readBeforePlacing(executor, vendorId, [], idempotencyKey)).first;
}
