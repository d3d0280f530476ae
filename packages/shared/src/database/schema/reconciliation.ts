import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { SnapshotStatus } from '@repo/contracts/operations/snapshot-operations';
import type { Entity } from '@repo/contracts/primitives';
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
    // list-events of all vendors pages newest first; clean-table finds old ones by the time in the id
    index('reconciliation_events_id').on(table.id),
    // list-events by a type, and its count: of all but the usual one
    index('reconciliation_events_found')
      .on(table.id)
      .where(sql`${table.eventType} <> 'in_sync'`),
    check('reconciliation_events_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check(
      'reconciliation_events_type',
      sql`${table.eventType} in ('in_sync', 'drift_detected', 'drift_resolved', 'unresolved', 'agent_unreachable', 'held_too_many_deletes')`,
    ),
  ],
);

/** The comparison of a vendor's entity that is open, or the last that was: at most one at a time, over all instances. */
export const reconciliationRuns = pgTable(
  'reconciliation_runs',
  {
    vendorId: keyText('vendor_id').notNull(),
    entity: text('entity').notNull(),
    runId: uuid('run_id').notNull(),
    cause: text('cause').$type<'heartbeat' | 'schedule' | 'manual'>().notNull(),
    /** Deletes whatever the cap says. */
    force: boolean('force').notNull().default(false),
    /** One more run follows this one: somebody asked for it while it was under way. */
    again: text('again').$type<'heartbeat' | 'schedule' | 'manual'>(),
    againForce: boolean('again_force').notNull().default(false),
    correlationId: text('correlation_id').notNull(),
    requestedAt: time('requested_at').notNull(),
    /** When a worker first had it. */
    startedAt: time('started_at'),
    /** How often a worker had it; part of the id in the queue. */
    takes: integer('takes').notNull().default(0),
    leaseToken: uuid('lease_token'),
    leaseUntil: time('lease_until'),
    endedAt: time('ended_at'),
    /** How the last run that ended did; kept while the next is open. */
    outcome: text('outcome'),
    /** Both roots at that end, as `<count>.<digest>`; null when not known. */
    erpRoot: text('erp_root'),
    hubRoot: text('hub_root'),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.entity] }),
    check('reconciliation_runs_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check(
      'reconciliation_runs_cause',
      sql`${table.cause} in ('heartbeat', 'schedule', 'manual') and ${table.again} in ('heartbeat', 'schedule', 'manual')`,
    ),
    check(
      'reconciliation_runs_outcome',
      sql`${table.outcome} in ('in_sync', 'drift_resolved', 'unresolved', 'agent_unreachable', 'held_too_many_deletes')`,
    ),
    check('reconciliation_runs_lease', sql`(${table.leaseToken} is null) = (${table.leaseUntil} is null)`),
    // find-open-runs: the leader offers open runs that no worker has
    index('reconciliation_runs_open')
      .on(table.requestedAt)
      .where(sql`${table.endedAt} is null`),
  ],
);

/**
 * Snapshot sessions: `open` → `committing` → `committed`, or `open` → `held` → `committing`; else `superseded`, `abandoned`,
 * `expired`. While one is open, held or committing, rows that the ERP sends count as touched even when they are unchanged.
 */
export const snapshots = pgTable(
  'snapshots',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    entity: text('entity').$type<Entity>().notNull(),
    status: text('status').$type<SnapshotStatus>().notNull().default('open'),
    startedAt: time('started_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    closedAt: time('closed_at'),
    /** Rows deleted so far; all of them once it is committed. */
    tombstoned: integer('tombstoned'),
    /** Distinct keys, as of the commit. */
    present: integer('present'),
    /** Why it was held: it would have deleted so many rows … */
    wouldDelete: integer('would_delete'),
    /** … of so many. */
    liveRows: integer('live_rows'),
    /** False once it is closed and its keys are cleaned away. */
    hasKeys: boolean('has_keys').notNull().default(true),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    check('snapshots_entity', sql`${table.entity} in ('items', 'stock', 'warehouses')`),
    check('snapshots_status', sql`${table.status} in ('open', 'held', 'committing', 'committed', 'superseded', 'abandoned', 'expired')`),
    check('snapshots_counts', sql`${table.tombstoned} >= 0 and ${table.present} >= 0`),
    // an admin confirms by the bare id
    index('snapshots_id').on(table.id),
    // one open snapshot a vendor's entity
    uniqueIndex('snapshots_open')
      .on(table.vendorId, table.entity)
      .where(sql`${table.status} = 'open'`),
    // read-batch: every ingest asks whether unchanged rows have to be touched; the sweep and the alerts go through all of it
    index('snapshots_active')
      .on(table.vendorId, table.entity)
      .where(sql`${table.status} in ('open', 'held', 'committing')`),
    // clean-snapshot-keys: closed ones that still have keys
    index('snapshots_with_keys')
      .on(table.closedAt)
      .where(sql`${table.closedAt} is not null and ${table.hasKeys}`),
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

/** What a committing snapshot has still to delete: one packed array of keys a page. A page goes with its rows. */
export const snapshotDeletes = pgTable(
  'snapshot_deletes',
  {
    vendorId: keyText('vendor_id').notNull(),
    snapshotId: uuid('snapshot_id').notNull(),
    page: integer('page').notNull(),
    keys: text('keys').array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.snapshotId, table.page] }),
    foreignKey({
      name: 'snapshot_deletes_snapshot',
      columns: [table.vendorId, table.snapshotId],
      foreignColumns: [snapshots.vendorId, snapshots.id],
    }),
  ],
);
