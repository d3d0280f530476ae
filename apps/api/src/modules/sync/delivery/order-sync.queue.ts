import { Uuid, VendorId } from '@repo/contracts/primitives';
import type { JobsOptions } from 'bullmq';
import { z } from 'zod';

/** The queue that workers take jobs to ERPs from. It holds ids only, and can be filled again from `sync_jobs` at any time. */
export const ORDER_SYNC = 'order-sync';

/** What the queue holds of a job. */
export const OrderSyncPayload = z.strictObject({
  vendorId: VendorId,
  jobId: Uuid,
  orderId: Uuid,
  /** Which offer this is: a job is taken under its last one only. */
  dispatchNo: z.int().min(1),
});
export type OrderSyncPayload = z.infer<typeof OrderSyncPayload>;

/** One id an offer, so that what is still in the queue of an earlier one stands in no one's way. */
export function queueIdOf({ jobId, dispatchNo }: Pick<OrderSyncPayload, 'jobId' | 'dispatchNo'>): string {
  return `${jobId}-${dispatchNo}`;
}

/** Nothing is kept and nothing is retried here: `sync_jobs` knows what happened, and the relay offers again. */
export const ORDER_SYNC_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const satisfies JobsOptions;
