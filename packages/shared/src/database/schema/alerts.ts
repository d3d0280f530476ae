import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { keyText, time } from './columns';

/**
 * Conditions that ops are told of: one row from when a condition was seen until it was gone. `vendor_id` is null where it is
 * not about one vendor.
 */
export const alerts = pgTable(
  'alerts',
  {
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    kind: text('kind').notNull(),
    /** What of its kind: a vendor, a vendor's breaker, an order; empty where there is only one. */
    subject: keyText('subject').notNull(),
    vendorId: keyText('vendor_id'),
    detail: text('detail').notNull(),
    raisedAt: time('raised_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    clearedAt: time('cleared_at'),
    /** Who was told of it, as `slack:raised`, `slack:cleared`. */
    told: text('told')
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (table) => [
    primaryKey({ columns: [table.id] }),
    // track-alerts: a condition has one open alert, over all instances
    uniqueIndex('alerts_open')
      .on(table.kind, table.subject)
      .where(sql`${table.clearedAt} is null`),
    // untold-alerts looks at what is open, and at what was over lately
    index('alerts_cleared').on(table.clearedAt),
  ],
);
