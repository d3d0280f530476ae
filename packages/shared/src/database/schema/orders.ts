import { sql } from 'drizzle-orm';
import { check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { amount, keyText, time } from './columns';

/** How far an order has got with its vendor's ERP. */
export type ErpStatus = 'pending' | 'syncing' | 'confirmed' | 'failed' | 'cancelling' | 'cancelled';

export const orders = pgTable(
  'orders',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    orderNumber: text('order_number').notNull(),
    customerId: text('customer_id'),
    erpCustomerCode: text('erp_customer_code').notNull(),
    currency: text('currency').notNull().default('EUR'),
    requestedDeliveryDate: date('requested_delivery_date'),
    billingAddress: jsonb('billing_address').$type<Record<string, unknown>>(),
    shippingAddress: jsonb('shipping_address').$type<Record<string, unknown>>(),
    notes: text('notes'),
    amountVatExcluded: amount('amount_vat_excluded').notNull(),
    vatAmount: amount('vat_amount').notNull(),
    amountVatIncluded: amount('amount_vat_included').notNull(),
    erpStatus: text('erp_status').$type<ErpStatus>().notNull().default('pending'),
    erpReference: text('erp_reference'),
    erpSyncedAt: time('erp_synced_at'),
    erpSyncError: text('erp_sync_error'),
    idempotencyKey: text('idempotency_key'),
    idempotencyHash: text('idempotency_hash'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    unique('orders_number').on(table.vendorId, table.orderNumber),
    unique('orders_idempotency').on(table.vendorId, table.idempotencyKey),
    check('orders_erp_status', sql`${table.erpStatus} in ('pending', 'syncing', 'confirmed', 'failed', 'cancelling', 'cancelled')`),
    check('orders_idempotency_pair', sql`(${table.idempotencyKey} is null) = (${table.idempotencyHash} is null)`),
    // read-order finds an order by its bare id
    index('orders_id').on(table.id),
    // list-orders of all vendors that were cancelled
    index('orders_cancelled')
      .on(table.id)
      .where(sql`${table.erpStatus} = 'cancelled'`),
    // list-orders by status, and the count, from the index alone: a vendor's orders are scattered over the table
    index('orders_by_status').on(table.erpStatus, table.vendorId, table.id),
  ],
);

/** Lines copy SKU and description: history outlives the catalogue. */
export const orderItems = pgTable(
  'order_items',
  {
    vendorId: keyText('vendor_id').notNull(),
    orderId: uuid('order_id').notNull(),
    lineNo: integer('line_no').notNull(),
    sku: text('sku').notNull(),
    description: text('description'),
    quantity: amount('quantity').notNull(),
    unitPrice: amount('unit_price').notNull(),
    discountRate: amount('discount_rate').notNull().default('0'),
    vatRate: amount('vat_rate').notNull(),
    amountVatExcluded: amount('amount_vat_excluded').notNull(),
    vatAmount: amount('vat_amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.orderId, table.lineNo] }),
    foreignKey({ name: 'order_items_order', columns: [table.vendorId, table.orderId], foreignColumns: [orders.vendorId, orders.id] }),
    check('order_items_line_no', sql`${table.lineNo} >= 1`),
  ],
);
