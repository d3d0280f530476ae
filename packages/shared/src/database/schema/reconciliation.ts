import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { int64, keyText, time } from './columns';

/** What reconciliation found and did. */
export const reconciliationEvents = pgTable(
  'reconciliation_events',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    entity: text('entity').notNull(),
    eventType: text('event_type').notNull(),
    summary: jsonb('summary').$type<Record<string, unknown>>().notNull(),
    details: jsonb('details').$type<Record<string, unknown>>(),
    durationMs: integer('duration_ms'),
    timestamp: time('timestamp').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    check('reconciliation_events_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check(
      'reconciliation_events_type',
      sql`${table.eventType} in ('in_sync', 'drift_detected', 'drift_resolved', 'unresolved', 'agent_unreachable', 'held_too_many_deletes')`,
    ),
  ],
);

/** Snapshot sessions. */
export const snapshots = pgTable(
  'snapshots',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    entity: text('entity').notNull(),
    status: text('status').notNull().default('open'),
    startedAt: time('started_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    closedAt: time('closed_at'),
    tombstoned: integer('tombstoned'),
    present: integer('present'),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    check('snapshots_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check('snapshots_status', sql`${table.status} in ('open', 'held', 'committed', 'superseded', 'abandoned', 'expired')`),
    check('snapshots_counts', sql`${table.tombstoned} >= 0 and ${table.present} >= 0`),
    // every ingest with X-Snapshot-Id finds its session by the bare id
    index('snapshots_id').on(table.id),
  ],
);

/**
 * The keys a snapshot has seen: one packed array of key hashes and row digests a batch. Logged: an unlogged table comes
 * back empty after a crash, and a commit would then delete the catalogue.
 */
export const snapshotKeys = pgTable(
  'snapshot_keys',
  {
    vendorId: keyText('vendor_id').notNull(),
    snapshotId: uuid('snapshot_id').notNull(),
    id: int64('id').generatedAlwaysAsIdentity(),
    keyHashes: int64('key_hashes').array().notNull(),
    rowDigests: int64('row_digests').array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.snapshotId, table.id] }),
    foreignKey({
      name: 'snapshot_keys_snapshot',
      columns: [table.vendorId, table.snapshotId],
      foreignColumns: [snapshots.vendorId, snapshots.id],
    }),
    check('snapshot_keys_pairs', sql`cardinality(${table.keyHashes}) = cardinality(${table.rowDigests})`),
  ],
);
