import { createDatabase, openPool } from '@repo/dev-stack/databases';
import { CHANGE_SEQ } from '@repo/shared/database/change-sequence';
import type { ClientBase, Pool } from 'pg';

type Queries = Pick<ClientBase, 'query'>;

/** A migrated database of one test file. */
export interface CatalogueDatabase {
  pool: Pool;
  /** Removes all rows. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

export async function openCatalogue(options: { max?: number } = {}): Promise<CatalogueDatabase> {
  const database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '', { template: process.env['TEST_TEMPLATE'] ?? '' });
  const pool = openPool(database.url, options.max ?? 8);
  return {
    pool,
    async empty() {
      await pool.query('truncate items, stock, warehouses');
    },
    async drop() {
      await pool.end();
      await database.drop();
    },
  };
}

/** How rows are written: `deleted` makes tombstones of them, otherwise they live (again). */
export interface Writing {
  vendorId?: string;
  hash?: string;
  deleted?: boolean;
}

const SYNCED = 'vendor_id, content_hash, last_synced_at, updated_at, touched_at, change_seq, deleted_at, key_hash, row_digest';
const VALUES = `$1, $2, now(), clock_timestamp(), clock_timestamp(), ${CHANGE_SEQ}, case when $3 then clock_timestamp() end, 0, 0`;
const REWRITE = `content_hash = excluded.content_hash, updated_at = excluded.updated_at, change_seq = excluded.change_seq,
  deleted_at = excluded.deleted_at`;
const common = ({ vendorId = 'v1', hash = 'h', deleted = false }: Writing) => [vendorId, hash, deleted];

/** Creates, changes, deletes or restores items, in one statement. */
export async function writeItems(client: Queries, skus: readonly string[], writing: Writing = {}): Promise<void> {
  await client.query(
    `insert into items (${SYNCED}, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate)
     select ${VALUES}, sku, 'Name', 'BX', 'T1', 'box', 'Box', 'reduced', 5.5 from unnest($4::text[]) as sku order by sku collate "C"
     on conflict (vendor_id, sku) do update set ${REWRITE}`,
    [...common(writing), skus],
  );
}

export async function writeWarehouses(client: Queries, ids: readonly string[], writing: Writing = {}): Promise<void> {
  await client.query(
    `insert into warehouses (${SYNCED}, erp_warehouse_id, code, name)
     select ${VALUES}, id, 'CODE', 'Name' from unnest($4::text[]) as id order by id collate "C"
     on conflict (vendor_id, erp_warehouse_id) do update set ${REWRITE}`,
    [...common(writing), ids],
  );
}

/** Stock of each of these items in one warehouse; items and warehouse must be there. */
export async function writeStock(client: Queries, warehouse: string, skus: readonly string[], writing: Writing = {}): Promise<void> {
  await client.query(
    `insert into stock (${SYNCED}, erp_warehouse_id, sku, real_stock, virtual_stock, reserved_quantity)
     select ${VALUES}, $5, sku, 12, 10.5, -0.0 from unnest($4::text[]) as sku order by sku collate "C"
     on conflict (vendor_id, erp_warehouse_id, sku) do update set ${REWRITE}`,
    [...common(writing), skus, warehouse],
  );
}

/**
 * Waits until everything that was committed before is settled. Tests beside this one have open transactions in the same
 * cluster, and those hold the reads back.
 */
export async function settle(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  for (;;) {
    const passed = await pool.query<{ passed: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1::bigint as passed',
      [rows[0]?.xid],
    );
    if (passed.rows[0]?.passed === true) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
