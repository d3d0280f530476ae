import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { amount, keyText } from './columns';
import { syncedRowColumns } from './synced-row';

export const warehouses = pgTable(
  'warehouses',
  {
    ...syncedRowColumns(),
    erpWarehouseId: keyText('erp_warehouse_id').notNull(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    address: text('address'),
    city: text('city'),
    postalCode: text('postal_code'),
    state: text('state'),
    country: text('country'),
    latitude: amount('latitude'),
    longitude: amount('longitude'),
    isActive: boolean('is_active'),
    isDefault: boolean('is_default'),
    isMain: boolean('is_main'),
    type: text('type'),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.erpWarehouseId] }),
    // read-changes: a vendor's changes after a cursor, oldest first
    index('warehouses_changes').on(table.vendorId, table.changeSeq, table.erpWarehouseId),
    // read-nodes, read-keys: the rows below a prefix of the digest tree
    index('warehouses_by_key_hash').on(table.vendorId, table.keyHash),
    // clean-table: what was deleted so long ago; live rows are not in it
    index('warehouses_deleted')
      .on(table.deletedAt)
      .where(sql`${table.deletedAt} is not null`),
  ],
);
