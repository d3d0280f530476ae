import { sql } from 'drizzle-orm';
import { foreignKey, index, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { amount, keyText, time } from './columns';
import { items } from './items';
import { syncedRowColumns } from './synced-row';
import { warehouses } from './warehouses';

export const stock = pgTable(
  'stock',
  {
    ...syncedRowColumns(),
    erpWarehouseId: keyText('erp_warehouse_id').notNull(),
    sku: keyText('sku').notNull(),
    realStock: amount('real_stock').notNull(),
    virtualStock: amount('virtual_stock').notNull(),
    reservedQuantity: amount('reserved_quantity').notNull(),
    orderedQuantity: amount('ordered_quantity'),
    incomingQuantity: amount('incoming_quantity'),
    averageCost: amount('average_cost'),
    stockValue: amount('stock_value'),
    minStock: amount('min_stock'),
    maxStock: amount('max_stock'),
    reorderThreshold: amount('reorder_threshold'),
    erpUpdatedAt: time('erp_updated_at'),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.erpWarehouseId, table.sku] }),
    foreignKey({ name: 'stock_item', columns: [table.vendorId, table.sku], foreignColumns: [items.vendorId, items.sku] }),
    foreignKey({
      name: 'stock_warehouse',
      columns: [table.vendorId, table.erpWarehouseId],
      foreignColumns: [warehouses.vendorId, warehouses.erpWarehouseId],
    }),
    // read-changes: a vendor's changes after a cursor, oldest first
    index('stock_changes').on(table.vendorId, table.changeSeq, table.erpWarehouseId, table.sku),
    // read-nodes, read-keys: the rows below a prefix of the digest tree
    index('stock_by_key_hash').on(table.vendorId, table.keyHash),
    // read-one: the stock of one item over all warehouses; also the foreign key's check when an item is purged
    index('stock_by_item').on(table.vendorId, table.sku),
    // clean-table: what was deleted so long ago; live rows are not in it
    index('stock_deleted')
      .on(table.deletedAt)
      .where(sql`${table.deletedAt} is not null`),
  ],
);
