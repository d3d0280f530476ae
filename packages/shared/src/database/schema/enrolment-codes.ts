import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { keyText, time } from './columns';

/** One-time registration codes; only the SHA-256 of a code is kept (it is 160 random bits). */
export const enrolmentCodes = pgTable(
  'enrolment_codes',
  {
    vendorId: keyText('vendor_id').notNull(),
    codeHash: text('code_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (table) => [primaryKey({ columns: [table.vendorId, table.codeHash] })],
);
