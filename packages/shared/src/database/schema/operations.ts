import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgTable, primaryKey, smallint, text, unique, uuid } from 'drizzle-orm/pg-core';
import { int64, keyText, time } from './columns';

/** Which tick of a schedule ran where, and how it ended. */
export const scheduleRuns = pgTable(
  'schedule_runs',
  {
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    schedule: text('schedule').notNull(),
    tickAt: time('tick_at').notNull(),
    instance: text('instance').notNull(),
    startedAt: time('started_at').notNull().defaultNow(),
    finishedAt: time('finished_at'),
    outcome: text('outcome'),
    error: text('error'),
  },
  (table) => [
    primaryKey({ columns: [table.id] }),
    unique('schedule_runs_tick').on(table.schedule, table.tickAt),
    check('schedule_runs_outcome', sql`${table.outcome} in ('succeeded', 'failed', 'interrupted', 'first_seen')`),
  ],
);

/** Every admin action. `vendor_id` is null where an action is not about one vendor. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    at: time('at').notNull().defaultNow(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    target: text('target').notNull(),
    vendorId: keyText('vendor_id'),
    before: jsonb('before'),
    after: jsonb('after'),
    correlationId: text('correlation_id'),
  },
  (table) => [
    // list-audit pages newest first by the id, which carries the time
    primaryKey({ columns: [table.id] }),
    // list-audit for one vendor
    index('audit_log_vendor').on(table.vendorId, table.id),
  ],
);

/**
 * One row: where the hub last found its database. Change numbers are transaction numbers plus `change_offset`: after a restore
 * the offset grows, so that numbers never go back (see docs/data-model.md).
 */
export const hubState = pgTable(
  'hub_state',
  {
    id: smallint('id').notNull().default(1),
    systemIdentifier: text('system_identifier').notNull(),
    /** The cluster's timeline and the number of this very table: both are others after most ways to restore. */
    home: text('home'),
    changeOffset: int64('change_offset').notNull(),
  },
  (table) => [primaryKey({ columns: [table.id] }), check('hub_state_single', sql`${table.id} = 1`)],
);
