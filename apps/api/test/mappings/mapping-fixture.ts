import { createDatabase } from '@repo/dev-stack/databases';
import { openDatabase, type Database } from '@repo/shared/database/connect';
import { lockEntity } from '@repo/shared/database/entity-lock';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import { writeMappings, type MappingValues, type WrittenMapping } from '@repo/shared/database/mappings/write-mappings';
import type { Pool } from 'pg';

/** A migrated database of the test file's own. */
export interface TestDatabase extends Database {
  drop(): Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const { TEST_DATABASE_URL: admin = '', TEST_TEMPLATE: template = '' } = process.env;
  const created = await createDatabase(admin, { template });
  const database = openDatabase({ url: created.url, poolSize: 8, applicationName: 'mapping-tests' });
  return {
    ...database,
    async drop() {
      await database.close();
      await created.drop();
    },
  };
}

/** An active mapping whose Resto code and label are made from `meaning`. */
export function mapping(type: MappingType, code: string, meaning: string, vatRate: string | null = null): MappingValues {
  return {
    type,
    code,
    restoCode: meaning,
    restoLabel: `Label ${meaning}`,
    vatRate: type === 'vat' ? (vatRate ?? '20') : vatRate,
    isActive: true,
  };
}

/** Writes mappings as every writer does: in a transaction, under the vendor's lock. */
export function write(database: Database, vendorId: string, values: readonly MappingValues[]): Promise<WrittenMapping[]> {
  return database.db.transaction(async (tx) => {
    await lockEntity(tx, vendorId, 'items');
    return writeMappings(tx, vendorId, values);
  });
}

/** Where a vendor's mappings stand; null while it has none. */
export async function versionOf(database: Database, vendorId: string): Promise<{ version: string; applied: string } | null> {
  const { rows } = await database.pool.query<{ version: string; applied: string }>(
    'select version, applied_version as applied from mapping_versions where vendor_id = $1',
    [vendorId],
  );
  return rows[0] ?? null;
}

/** Stores items `S-000001` … as the ingest would have, with unit `BX`, VAT `T1`, and a family that is not mapped. */
export async function storeItems(pool: Pool, vendorId: string, count: number, barcode: string | null = null): Promise<void> {
  await pool.query(
    `insert into items (vendor_id, sku, name, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest,
       erp_unit_code, erp_vat_code, erp_family_code, unit_code, unit_label, vat_code, vat_rate, barcode)
     select $1, 'S-' || lpad(i::text, 6, '0'), 'Item ' || i, 'h' || i, now(), now(), now(), 1, i, i,
       'BX', 'T1', 'F1', 'OLD', 'Label OLD', 'FR-OLD', 5.5, $3
     from generate_series(1, $2::int) as i`,
    [vendorId, count, barcode],
  );
}

/** Parks an item as the ingest would have. */
export async function parkItem(
  pool: Pool,
  vendorId: string,
  sku: string,
  waitsFor: readonly string[],
  more: { barcode?: string; seenAt?: string } = {},
): Promise<void> {
  const payload = { sku, name: sku, ...(more.barcode === undefined ? {} : { barcode: more.barcode }) };
  await pool.query(
    `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for,
       first_seen_at, last_seen_at)
     values ($1, 'items', $2, $3, 'h', now(), 1, 1, 'unmapped_unit', $4, $5, $5)`,
    [vendorId, sku, payload, waitsFor, more.seenAt ?? new Date().toISOString()],
  );
}
