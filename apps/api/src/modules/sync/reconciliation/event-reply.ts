import type { Reply } from '@repo/contracts/operations/operation';
import type {
  getReconciliationMetrics,
  listReconciliationEvents,
  ReconciliationEventType,
} from '@repo/contracts/operations/reconciliation-operations';
import type { Entity } from '@repo/contracts/primitives';
import type { ReconciliationEvent, ReconciliationMetrics } from '@repo/shared/database/reconciliation/reconciliation-events';

/** An event as admins see it. */
export function eventReply(event: ReconciliationEvent): Reply<typeof listReconciliationEvents>['data'][number] {
  const { id, vendorId, summary, details, durationMs, timestamp } = event;
  return {
    id,
    vendorId,
    entity: event.entity as Entity,
    eventType: event.eventType as ReconciliationEventType,
    summary,
    details,
    durationMs,
    timestamp: timestamp.toISOString(),
  };
}

/** A drift of an open run has no end to be divided by yet. */
export function metricsReply({
  eventCount,
  lastRunAt,
  runs,
  drifts,
  lastDriftAt,
}: ReconciliationMetrics): Reply<typeof getReconciliationMetrics> {
  return {
    eventCount,
    lastRunAt: lastRunAt?.toISOString() ?? null,
    driftFrequency: runs === 0 ? null : Math.min(drifts / runs, 1),
    lastDrift: lastDriftAt?.toISOString() ?? null,
  };
}
