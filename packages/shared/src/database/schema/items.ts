import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { amount, keyText, time } from './columns';
import { syncedRowColumns } from './synced-row';

export const items = pgTable(
  'items',
  {
    ...syncedRowColumns(),
    sku: keyText('sku').notNull(),
    name: text('name').notNull(),
    erpId: text('erp_id'),
    description: text('description'),
    barcode: text('barcode'),
    slug: text('slug'),
    erpUnitCode: text('erp_unit_code').notNull(),
    erpVatCode: text('erp_vat_code').notNull(),
    erpFamilyCode: text('erp_family_code'),
    erpSubfamilyCode: text('erp_subfamily_code'),
    unitCode: text('unit_code').notNull(),
    unitLabel: text('unit_label').notNull(),
    vatCode: text('vat_code').notNull(),
    vatRate: amount('vat_rate').notNull(),
    familyCode: text('family_code'),
    familyLabel: text('family_label'),
    subfamilyCode: text('subfamily_code'),
    subfamilyLabel: text('subfamily_label'),
    unitPrice: amount('unit_price'),
    priceExclVat: amount('price_excl_vat'),
    priceInclVat: amount('price_incl_vat'),
    vatAmount: amount('vat_amount'),
    catalogPrice: amount('catalog_price'),
    purchasePrice: amount('purchase_price'),
    minimumOrderQuantity: amount('minimum_order_quantity'),
    currency: text('currency'),
    manageStock: boolean('manage_stock'),
    allowNegativeStock: boolean('allow_negative_stock'),
    stockBookingAllowed: boolean('stock_booking_allowed'),
    trackingMode: text('tracking_mode'),
    weight: amount('weight'),
    weightUnit: text('weight_unit'),
    height: amount('height'),
    width: amount('width'),
    length: amount('length'),
    dimensionUnit: text('dimension_unit'),
    itemsPerPackage: amount('items_per_package'),
    brand: text('brand'),
    originCountryCode: text('origin_country_code'),
    isActive: boolean('is_active'),
    publishOnWeb: boolean('publish_on_web'),
    erpUpdatedAt: time('erp_updated_at'),
    attributes: jsonb('attributes').$type<Record<string, unknown>>(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.sku] }),
    // read-changes: a vendor's changes after a cursor, oldest first
    index('items_changes').on(table.vendorId, table.changeSeq, table.sku),
    // read-nodes, read-keys: the rows below a prefix of the digest tree
    index('items_by_key_hash').on(table.vendorId, table.keyHash),
    // clean-table: what was deleted so long ago; live rows are not in it
    index('items_deleted')
      .on(table.deletedAt)
      .where(sql`${table.deletedAt} is not null`),
  ],
);
