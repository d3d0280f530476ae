import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';
import type { Pool, PoolClient } from 'pg';
import type { IncomingRow } from '../../src/database/ingest/batch-types';
import { rowDigestNumber } from '../../src/database/ingest/digest-numbers';
import { inEntityTransaction } from '../../src/database/ingest/entity-transaction';
import { appendDelta, parkRows } from '../../src/database/ingest/park-rows';
import { writeRows } from '../../src/database/ingest/write-batch';

/** A row of an entity with what it must have, by the key that the hub knows it by. */
export function rowOf(entity: Entity, key: string, contentHash = 'h1', lastSyncedAt = '2026-01-31T08:30:00Z'): IncomingRow {
  const own = { contentHash, lastSyncedAt };
  const [warehouse = '', sku = ''] = key.split(KEY_SEPARATOR);
  const rows = {
    items: { ...own, sku: key, name: key, erpUnitCode: 'BX', erpVatCode: 'T1' },
    warehouses: { ...own, erpWarehouseId: key, code: key, name: key },
    stock: { ...own, erpWarehouseId: warehouse, sku, realStock: '1', virtualStock: '1', reservedQuantity: '0' },
  };
  return { key, row: rows[entity], micros: Date.parse(lastSyncedAt) * 1000 };
}

const MAPPED = { unitCode: 'u', unitLabel: 'u', vatCode: 'v', vatRate: '20', familyCode: null, familyLabel: null };

/** Writes rows as ingest does, delta and all. */
export function write(pool: Pool, vendorId: string, entity: Entity, rows: readonly IncomingRow[]): Promise<Map<string, string>> {
  const mapped = entity === 'items' ? { ...MAPPED, subfamilyCode: null, subfamilyLabel: null } : null;
  return writeRows(
    pool,
    vendorId,
    entity,
    rows.map((row) => ({ ...row, mapped })),
    null,
  );
}

/** Parks rows as ingest does; the root counts their hashes in place of what the keys counted with before. */
export function park(pool: Pool, vendorId: string, entity: Entity, rows: readonly IncomingRow[], before: 'nothing' | 'h1'): Promise<void> {
  return inEntityTransaction(pool, vendorId, entity, 'alone', async (client: PoolClient) => {
    await parkRows(
      client,
      vendorId,
      entity,
      rows.map((row) => ({ ...row, reason: 'unmapped_unit', waitsFor: ['unit:XX'] })),
      true,
    );
    const digest = rows.reduce(
      (sum, { key, row }) => sum + rowDigestNumber(key, row.contentHash) - (before === 'h1' ? rowDigestNumber(key, before) : 0n),
      0n,
    );
    await appendDelta(client, vendorId, entity, before === 'nothing' ? rows.length : 0, digest);
  });
}

/** A time of the database's clock that lies behind everything written before, and before everything written after. */
export async function now(pool: Pool): Promise<Date> {
  // A Date is cut to milliseconds: it must not fall into the one in which something was written, nor lie ahead.
  await pool.query('select pg_sleep(0.002)');
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
  return (rows[0] as { now: Date }).now;
}
