import { and, eq } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import type { Executor } from '../connect';
import { listNewest, type Page, type PageRequest } from '../page';
import { reconciliationEvents } from '../schema/reconciliation';
import type { RunOutcome } from './run-lease';

/** What an event tells of. */
export type EventType = RunOutcome | 'drift_detected';

/** An event as it is written; both objects must be free of what `jsonb` does not take. */
export interface NewEvent {
  vendorId: string;
  entity: Entity;
  eventType: EventType;
  summary: Record<string, unknown>;
  details?: Record<string, unknown> | undefined;
  durationMs?: number | undefined;
}

export type ReconciliationEvent = typeof reconciliationEvents.$inferSelect;

export async function recordEvent(executor: Pool | PoolClient, event: NewEvent): Promise<void> {
  const { vendorId, entity, eventType, summary, details, durationMs } = event;
  await executor.query(
    `insert into reconciliation_events (vendor_id, entity, event_type, summary, details, duration_ms, timestamp)
     values ($1, $2, $3, $4, $5, $6, clock_timestamp())`,
    [vendorId, entity, eventType, JSON.stringify(summary), details === undefined ? null : JSON.stringify(details), durationMs ?? null],
  );
}

/** Events, the newest first. */
export function listEvents(
  executor: Executor,
  filter: { vendorId?: string | undefined; entity?: Entity | undefined; eventType?: EventType | undefined },
  page: PageRequest,
): Promise<Page<ReconciliationEvent>> {
  const table = reconciliationEvents;
  const where = and(
    filter.vendorId === undefined ? undefined : eq(table.vendorId, filter.vendorId),
    filter.entity === undefined ? undefined : eq(table.entity, filter.entity),
    filter.eventType === undefined ? undefined : eq(table.eventType, filter.eventType),
  );
  return listNewest(executor, table, where, page);
}

/** How a vendor's comparisons went, over the events that are kept. */
export interface ReconciliationMetrics {
  eventCount: number;
  /** When a comparison last ended. */
  lastRunAt: Date | null;
  runs: number;
  /** Comparisons that found a difference. */
  drifts: number;
  /** When a difference was last found. */
  lastDriftAt: Date | null;
}

/** Reads along the primary key. */
export async function readReconciliationMetrics(pool: Pool, vendorId: string): Promise<ReconciliationMetrics> {
  const { rows } = await pool.query<ReconciliationMetrics>(
    `select count(*)::int as "eventCount", max(timestamp) filter (where event_type <> 'drift_detected') as "lastRunAt",
       count(*) filter (where event_type <> 'drift_detected')::int as runs,
       count(*) filter (where event_type = 'drift_detected')::int as drifts,
       max(timestamp) filter (where event_type = 'drift_detected') as "lastDriftAt"
     from reconciliation_events where vendor_id = $1`,
    [vendorId],
  );
  return rows[0] as ReconciliationMetrics;
}
