import { Entity, Uuid, VendorId } from '@repo/contracts/primitives';
import type { JobsOptions } from 'bullmq';
import { z } from 'zod';

/** The queue that workers take comparisons from. It can be filled again from `reconciliation_runs` at any time. */
export const RECONCILIATION = 'reconciliation';

/** What the queue holds of a run. */
export const ReconciliationPayload = z.strictObject({
  vendorId: VendorId,
  entity: Entity,
  runId: Uuid,
  /** How often a worker has had it: an entry that is left over from before does nothing. */
  takes: z.int().min(0),
});
export type ReconciliationPayload = z.infer<typeof ReconciliationPayload>;

export function queueIdOf({ runId, takes }: Pick<ReconciliationPayload, 'runId' | 'takes'>): string {
  return `${runId}-${takes}`;
}

/** Nothing is kept and nothing is retried here: the leader offers open runs again. */
export const RECONCILIATION_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const satisfies JobsOptions;
