import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import type { RowChange } from '@repo/contracts/verdicts';
import { isoOfMicros } from '@repo/contracts/timestamp';
import { columnLiteral, numberLiteral, textLiteral } from './array-literal';
import type { IncomingRow, RowToWrite } from './batch-types';
import { keyHashNumber, rowDigestNumber } from './digest-numbers';
import { inEntityTransaction } from './entity-transaction';
import { keyParts } from './key-parts';
import { advanceStatement, upsertColumns, upsertStatement } from './write-statements';

const perEntity = <T>(make: (entity: Entity) => T): Record<Entity, T> => ({
  items: make('items'),
  stock: make('stock'),
  warehouses: make('warehouses'),
});
const UPSERT_SHARED = perEntity((entity) => ({ name: `upsert-${entity}`, text: upsertStatement(entity, 'shared') }));
const UPSERT_ALONE = {
  alone: perEntity((entity) => ({ name: `upsert-alone-${entity}`, text: upsertStatement(entity, 'alone') })),
  healing: perEntity((entity) => ({ name: `upsert-healing-${entity}`, text: upsertStatement(entity, 'healing') })),
};
const ADVANCE = perEntity((entity) => ({ name: `advance-${entity}`, text: advanceStatement(entity) }));

/**
 * Writes rows beside other batches, in one statement. Returns what changed per key; a key that is missing was won by
 * another batch, has a parked row, or was mapped by mappings that have changed since: plan it again.
 */
export async function writeRows(
  pool: Pool,
  vendorId: string,
  entity: Entity,
  rows: readonly RowToWrite[],
  mappingVersion: string | null,
): Promise<Map<string, RowChange>> {
  return inEntityTransaction(pool, vendorId, entity, 'shared', (client) =>
    upsert(client, vendorId, entity, rows, mappingVersion, UPSERT_SHARED[entity]),
  );
}

/**
 * The same for one who holds the lock alone; the digest delta is then the caller's to append. `healing` writes rows whatever
 * their times are.
 */
export function writeRowsAlone(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  rows: readonly RowToWrite[],
  mappingVersion: string | null,
  mode: 'alone' | 'healing',
): Promise<Map<string, RowChange>> {
  return upsert(client, vendorId, entity, rows, mappingVersion, UPSERT_ALONE[mode][entity]);
}

async function upsert(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  rows: readonly RowToWrite[],
  mappingVersion: string | null,
  statement: { name: string; text: string },
): Promise<Map<string, RowChange>> {
  if (rows.length === 0) return new Map();
  const own = upsertColumns(entity).map(({ property, kind }) =>
    columnLiteral(rows, kind, ({ row, mapped }) => {
      const value = (row as unknown as Record<string, unknown>)[property];
      return value === undefined ? (mapped as unknown as Record<string, unknown> | null)?.[property] : value;
    }),
  );
  const { rows: written } = await client.query<[key: string, change: RowChange]>({
    ...statement,
    values: [
      vendorId,
      mappingVersion,
      ...own,
      columnLiteral(rows, 'text', ({ row }) => row.contentHash),
      columnLiteral(rows, 'timestamptz', ({ row }) => row.lastSyncedAt),
      numberLiteral(rows.map(({ key }) => keyHashNumber(key))),
      numberLiteral(rows.map(({ key, row }) => rowDigestNumber(key, row.contentHash))),
    ],
    rowMode: 'array',
  });
  return new Map(written);
}

/** Touches unchanged rows and moves their times forward, beside other batches. Returns the keys that were touched. */
export async function advanceRows(pool: Pool, vendorId: string, entity: Entity, rows: readonly IncomingRow[]): Promise<Set<string>> {
  return inEntityTransaction(pool, vendorId, entity, 'shared', (client) => advanceRowsIn(client, vendorId, entity, rows));
}

/** The same in a transaction of the caller's. */
export async function advanceRowsIn(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  rows: readonly IncomingRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const keys = rows.map(({ key }) => key);
  const { rows: moved } = await client.query<[key: string]>({
    ...ADVANCE[entity],
    values: [
      vendorId,
      ...keyParts(entity, keys).map(textLiteral),
      textLiteral(rows.map(({ row }) => row.contentHash)),
      textLiteral(rows.map(({ micros }) => isoOfMicros(micros))),
    ],
    rowMode: 'array',
  });
  return new Set(moved.map(([key]) => key));
}
