import type { ErpStatus } from '@repo/contracts/operations/order-operations';
import type { OrderJob } from '@repo/shared/database/orders/cancel-order';
import { OPEN_STATES } from '@repo/shared/database/delivery/transitions';
import type { JobStatus } from '@repo/shared/database/schema/sync-jobs';

/** What cancelling an order comes to. */
export type Cancellation =
  /** It has ended without being in the ERP. */
  | { act: 'refuse' }
  /** It is being cancelled already. */
  | { act: 'nothing' }
  /** The ERP was not told of it: this job is not wanted any more. */
  | { act: 'cancel'; jobId: string }
  /** The ERP knows of it, or may: it has to be told, `held` until an earlier job has ended. */
  | { act: 'tell'; sequence: number; held: boolean };

/** Decides by the order's status and all of its jobs, oldest first. Jobs that were cleaned up had ended. */
export function decideCancellation(erpStatus: ErpStatus, jobs: readonly OrderJob[]): Cancellation {
  if (erpStatus === 'failed' || erpStatus === 'cancelled') return { act: 'refuse' };
  if (erpStatus === 'cancelling') return { act: 'nothing' };
  const create = jobs.find(({ operation }) => operation === 'create_order');
  if (create !== undefined && create.attemptNo === 0 && isWaiting(create.status)) return { act: 'cancel', jobId: create.id };
  const sequence = Math.max(0, ...jobs.map((job) => job.sequence)) + 1;
  return { act: 'tell', sequence, held: jobs.some(({ status }) => isOpen(status)) };
}

const isWaiting = (status: JobStatus) => status === 'pending' || status === 'queued';
const isOpen = (status: JobStatus) => (OPEN_STATES as readonly JobStatus[]).includes(status);
