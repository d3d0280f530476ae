import type { Pool } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { readRow, SHOWN_COLUMNS, type ShownRow } from './shown-columns';

type Queries = Pick<Pool, 'query'>;

/** An item by its exact key; null where there is none, or only a deleted one. */
export async function findItem(pool: Queries, vendorId: string, sku: string): Promise<ShownRow['items'] | null> {
  const [row] = await findLive(pool, 'items', ['sku'], [vendorId, sku]);
  return row ?? null;
}

/** The stock of an item, a row a warehouse, in the order of their ids. */
export async function findStock(pool: Queries, vendorId: string, sku: string): Promise<ShownRow['stock'][]> {
  return findLive(pool, 'stock', ['sku'], [vendorId, sku], 'erp_warehouse_id');
}

/** The stock of an item in one warehouse; null where there is none, or only a deleted one. */
export async function findStockAt(pool: Queries, vendorId: string, erpWarehouseId: string, sku: string): Promise<ShownRow['stock'] | null> {
  const [row] = await findLive(pool, 'stock', ['erp_warehouse_id', 'sku'], [vendorId, erpWarehouseId, sku]);
  return row ?? null;
}

/** A warehouse by its exact key; null where there is none, or only a deleted one. */
export async function findWarehouse(pool: Queries, vendorId: string, erpWarehouseId: string): Promise<ShownRow['warehouses'] | null> {
  const [row] = await findLive(pool, 'warehouses', ['erp_warehouse_id'], [vendorId, erpWarehouseId]);
  return row ?? null;
}

async function findLive<E extends Entity>(
  pool: Queries,
  entity: E,
  by: readonly string[],
  values: readonly string[],
  order?: string,
): Promise<ShownRow[E][]> {
  const columns = SHOWN_COLUMNS[entity];
  const conditions = ['vendor_id', ...by].map((column, index) => `${column} = $${index + 1}`);
  const { rows } = await pool.query<unknown[]>({
    name: `find-${entity}-by-${by.join('-')}`,
    text: `select ${columns.map(({ expression }) => expression).join(', ')} from ${entity}
           where ${conditions.join(' and ')} and deleted_at is null ${order === undefined ? '' : `order by ${order}`}`,
    values: [...values],
    rowMode: 'array',
  });
  return rows.map((selected) => readRow(columns, selected) as unknown as ShownRow[E]);
}
