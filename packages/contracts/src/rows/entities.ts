import type { z } from 'zod';
import { fastRowReader, type FastRowReader } from '../fast-read';
import { KEY_SEPARATOR, type Entity } from '../primitives';
import { ItemRow } from './item-row';
import { StockRow } from './stock-row';
import { WarehouseRow } from './warehouse-row';

/** The row type of each entity, after validation. */
export interface RowOf {
  items: ItemRow;
  stock: StockRow;
  warehouses: WarehouseRow;
}

/** The schema of each entity's rows. */
export const ROW_SCHEMAS: { [E in Entity]: z.ZodType<RowOf[E]> } = { items: ItemRow, stock: StockRow, warehouses: WarehouseRow };

const readable = (value: unknown, least = 1): value is string => typeof value === 'string' && value.length >= least;

/** Reads plainly valid rows of each entity in place; see `fastRowReader`. */
export const FAST_ROW_READERS: Readonly<Record<Entity, FastRowReader>> = {
  items: fastRowReader(ItemRow),
  stock: fastRowReader(StockRow),
  warehouses: fastRowReader(WarehouseRow),
};

/**
 * The key of a row, also of one that is not valid: the SKU, the ERP warehouse id, or for stock both joined by U+001F.
 * Null where the row has none.
 */
export function keyOf(entity: Entity, row: unknown): string | null {
  if (typeof row !== 'object' || row === null) return null;
  const { sku, erpWarehouseId } = row as Record<string, unknown>;
  switch (entity) {
    case 'items':
      return readable(sku) ? sku : null;
    case 'warehouses':
      return readable(erpWarehouseId) ? erpWarehouseId : null;
    case 'stock':
      return readable(sku) && readable(erpWarehouseId) ? erpWarehouseId + KEY_SEPARATOR + sku : null;
  }
}
