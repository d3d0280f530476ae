import type { PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { textLiteral } from './array-literal';
import { keyParts } from './key-parts';
import { tombstoneStatement } from './tombstone-statement';

const STATEMENTS: Readonly<Record<Entity, string>> = {
  items: tombstoneStatement('items'),
  stock: tombstoneStatement('stock'),
  warehouses: tombstoneStatement('warehouses'),
};

/** How many keys one statement takes. */
const MOST_KEYS = 5_000;

/** What was deleted. A wanted key in neither count was not there, was gone already, or was heard of meanwhile. */
export interface Tombstoned {
  /** Rows that were live and have `deletedAt` now. */
  tombstoned: number;
  /** Parked rows that were removed. */
  unparked: number;
}

/**
 * Deletes the rows of these keys, with their parked rows, and appends the exact change of the root. A key of which anything
 * was heard since `untouchedSince` (the hub's clock), be it its row or its parked one, stays as it is. Only for one who holds
 * the lock alone. Deleted rows show in the reads by change. `last_synced_at` stays: a row that comes back with the time it
 * had, or a later one, is restored. Stock of a deleted item stays until the ERP stops sending it: the ERP's set is the truth
 * for each entity by itself.
 */
export async function tombstoneRows(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  keys: readonly string[],
  { untouchedSince }: { untouchedSince: Date | string },
): Promise<Tombstoned> {
  const done: Tombstoned = { tombstoned: 0, unparked: 0 };
  const distinct = [...new Set(keys)];
  for (let at = 0; at < distinct.length; at += MOST_KEYS) {
    const some = distinct.slice(at, at + MOST_KEYS);
    const { rows } = await client.query<[tombstoned: number, unparked: number]>({
      name: `tombstone-${entity}`,
      text: STATEMENTS[entity],
      values: [vendorId, textLiteral(some), untouchedSince, ...keyParts(entity, some).map(textLiteral)],
      rowMode: 'array',
    });
    const [tombstoned, unparked] = rows[0] ?? [0, 0];
    done.tombstoned += tombstoned;
    done.unparked += unparked;
  }
  return done;
}
