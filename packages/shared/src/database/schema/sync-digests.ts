import { sql } from 'drizzle-orm';
import { check, integer, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { int64, keyText, time } from './columns';

/** The running root digest of a vendor's entity, up to the deltas that are not folded in yet. */
export const syncDigests = pgTable(
  'sync_digests',
  {
    vendorId: keyText('vendor_id').notNull(),
    entity: text('entity').notNull(),
    count: int64('count').notNull(),
    /** Sum of row digests modulo 2^64. */
    digest: numeric('digest', { precision: 20, scale: 0 }).notNull(),
    foldedAt: time('folded_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.entity] }),
    check('sync_digests_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check('sync_digests_digest', sql`${table.digest} >= 0 and ${table.digest} < 18446744073709551616`),
  ],
);

/** What one batch changed in the root: appended in the batch's own transaction, so that batches do not wait for one another. */
export const syncDigestDeltas = pgTable(
  'sync_digest_deltas',
  {
    vendorId: keyText('vendor_id').notNull(),
    entity: text('entity').notNull(),
    id: int64('id').generatedAlwaysAsIdentity(),
    countDelta: integer('count_delta').notNull(),
    digestDelta: numeric('digest_delta').notNull(),
  },
  (table) => [
    // read-root and fold-deltas read all deltas of a vendor's entity
    primaryKey({ columns: [table.vendorId, table.entity, table.id] }),
    check('sync_digest_deltas_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
  ],
);
