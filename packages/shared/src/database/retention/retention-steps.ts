/** Days that each kind is kept. */
export interface RetentionDays {
  jobs: number;
  deadLetters: number;
  events: number;
  audit: number;
  parked: number;
  tombstones: number;
}

/** The tables that a clean-up removes rows from. */
export const CLEANED_TABLES = [
  'dead_letter_queue',
  'sync_jobs',
  'sync_job_attempts',
  'reconciliation_events',
  'snapshots',
  'alerts',
  'schedule_runs',
  'audit_log',
  'parked_rows',
  'stock',
  'items',
  'warehouses',
] as const;
export type CleanedTable = (typeof CLEANED_TABLES)[number];

/** What one step removes rows from, and which: `$1` is the number of days. */
export interface RetentionStep {
  table: Exclude<CleanedTable, 'sync_job_attempts' | 'parked_rows'>;
  kept: keyof RetentionDays;
  /** The condition on a row `old` of the table. */
  due: string;
}

// Hours, as cursors of readers count them: a day of the session's time zone may have 23 or 25.
const AGO = `now() - $1::int * interval '24 hours'`;
// Ids of version 7 carry the time: what is younger than this is not even looked at.
const ID_AGO = `(lpad(to_hex(floor(extract(epoch from ${AGO}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;

/**
 * In this order: a job goes after its dead letter, an item and a warehouse after the stock that refers to it. Open jobs and
 * open dead letters are never removed. Parked rows are a step of their own: they are part of what digests count.
 */
export const RETENTION_STEPS: readonly RetentionStep[] = [
  { table: 'dead_letter_queue', kept: 'deadLetters', due: `old.id < ${ID_AGO} and old.resolved and old.resolved_at < ${AGO}` },
  {
    table: 'sync_jobs',
    kept: 'jobs',
    due: `old.id < ${ID_AGO} and old.status in ('completed', 'cancelled', 'failed') and coalesce(old.completed_at, old.created_at) < ${AGO}
      and not exists (select from dead_letter_queue letter where letter.vendor_id = old.vendor_id and letter.original_job_id = old.id)`,
  },
  { table: 'reconciliation_events', kept: 'events', due: `old.id < ${ID_AGO} and old.timestamp < ${AGO}` },
  // The sweep takes their keys first.
  { table: 'snapshots', kept: 'events', due: `old.id < ${ID_AGO} and old.closed_at < ${AGO} and not old.has_keys` },
  { table: 'alerts', kept: 'events', due: `old.cleared_at < ${AGO}` },
  // What says up to when a schedule has done its ticks stays, however old it is.
  {
    table: 'schedule_runs',
    kept: 'events',
    due: `old.id < ${ID_AGO} and old.finished_at < ${AGO} and exists (select from schedule_runs later
      where later.schedule = old.schedule and later.tick_at > old.tick_at and later.outcome in ('succeeded', 'failed', 'first_seen'))`,
  },
  { table: 'audit_log', kept: 'audit', due: `old.id < ${ID_AGO} and old.at < ${AGO}` },
  { table: 'stock', kept: 'tombstones', due: `old.deleted_at < ${AGO}` },
  {
    table: 'items',
    kept: 'tombstones',
    due: `old.deleted_at < ${AGO} and not exists (select from stock where stock.vendor_id = old.vendor_id and stock.sku = old.sku)`,
  },
  {
    table: 'warehouses',
    kept: 'tombstones',
    due: `old.deleted_at < ${AGO}
      and not exists (select from stock where stock.vendor_id = old.vendor_id and stock.erp_warehouse_id = old.erp_warehouse_id)`,
  },
];
