import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Entity } from '@repo/contracts/primitives';
import type { ParkReason } from '@repo/contracts/verdicts';
import { int64, keyText, time } from './columns';

export const parkedRows = pgTable(
  'parked_rows',
  {
    vendorId: keyText('vendor_id').notNull(),
    entity: text('entity').$type<Entity>().notNull(),
    key: keyText('key').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    contentHash: text('content_hash').notNull(),
    lastSyncedAt: time('last_synced_at').notNull(),
    keyHash: int64('key_hash').notNull(),
    rowDigest: int64('row_digest').notNull(),
    reason: text('reason').$type<ParkReason>().notNull(),
    /** What has to arrive: `unit:BX`, `vat:T1`, `item:<sku>`, `warehouse:<id>`. */
    waitsFor: text('waits_for').array().notNull(),
    firstSeenAt: time('first_seen_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.entity, table.key] }),
    check('parked_rows_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check('parked_rows_reason', sql`${table.reason} in ('unmapped_unit', 'unmapped_vat', 'item_not_found', 'warehouse_not_found')`),
    check('parked_rows_waits', sql`cardinality(${table.waitsFor}) > 0`),
    // find-replayable: the rows that wait for what has just arrived
    index('parked_rows_waits_for').using('gin', table.waitsFor),
    // countedRows: what a comparison reads below prefixes
    index('parked_rows_by_key_hash').on(table.vendorId, table.entity, table.keyHash),
    // list-parked pages newest first; clean-parked looks at old ones. It never changes: to park a row again stays a HOT update
    index('parked_rows_first_seen').on(table.firstSeenAt, table.vendorId, table.key),
  ],
);
