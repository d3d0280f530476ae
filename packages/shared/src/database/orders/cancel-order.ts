import { sql } from 'drizzle-orm';
import type { ErpStatus } from '@repo/contracts/operations/order-operations';
import type { Executor } from '../connect';
import { fromStates } from '../delivery/transitions';
import type { JobStatus } from '../schema/sync-jobs';
import type { JobTerms } from './insert-order';

/** An order whose row is locked until the transaction ends. */
export interface LockedOrder {
  vendorId: string;
  id: string;
  orderNumber: string;
  erpStatus: ErpStatus;
}

/** What a decision about an order needs to know of one of its jobs. */
export interface OrderJob {
  id: string;
  operation: 'create_order' | 'cancel_order';
  status: JobStatus;
  sequence: number;
  attemptNo: number;
}

/** Locks an order; null where there is none. Everyone locks the order before its jobs, so that no two can deadlock. */
export async function lockOrder(executor: Executor, id: string): Promise<LockedOrder | null> {
  const { rows } = await executor.execute<LockedOrder & Record<string, unknown>>(sql`
    select vendor_id as "vendorId", id, order_number as "orderNumber", erp_status as "erpStatus"
    from orders where id = ${id} for update`);
  return rows[0] ?? null;
}

/** The jobs of an order, oldest first. Read once the order is locked, in a statement of its own: then none can start meanwhile. */
export async function readOrderJobs(executor: Executor, { vendorId, id }: LockedOrder): Promise<OrderJob[]> {
  const { rows } = await executor.execute<OrderJob & Record<string, unknown>>(sql`
    select id, operation, status, sequence, attempt_no as "attemptNo" from sync_jobs
    where vendor_id = ${vendorId} and order_id = ${id} order by sequence`);
  return rows;
}

/** Cancels a locked order and its job that no try of has started. False when the job is not like that (any more). */
export async function cancelUnstarted(executor: Executor, { vendorId, id }: LockedOrder, jobId: string): Promise<boolean> {
  const { rowCount } = await executor.execute(sql`
    with ended as (
      update sync_jobs set status = 'cancelled', completed_at = now(), queued_at = null, held_reason = null
      where vendor_id = ${vendorId} and id = ${jobId} and status in (${sql.raw(fromStates('cancel'))}) and attempt_no = 0
      returning vendor_id, order_id)
    update orders set erp_status = 'cancelled', updated_at = now()
    from ended where orders.vendor_id = ended.vendor_id and orders.id = ended.order_id and orders.id = ${id}`);
  return rowCount === 1;
}

/**
 * Puts a job that cancels a locked order behind the jobs that it has, and the order on its way. `held`: it has to wait for
 * an earlier job.
 */
export async function queueCancellation(
  executor: Executor,
  { vendorId, id, orderNumber }: LockedOrder,
  { sequence, held }: { sequence: number; held: boolean },
  { attemptsAllowed, expiresInS, correlationId }: JobTerms,
): Promise<void> {
  await executor.execute(sql`
    with job as (
      insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, held_reason, attempts_allowed, expires_at, correlation_id)
      values (${vendorId}, ${id}, 'cancel_order', ${sequence}, ${JSON.stringify({ orderNumber })}::jsonb, ${held ? 'earlier_job' : null},
        ${attemptsAllowed}, now() + make_interval(secs => ${expiresInS}), ${correlationId}))
    update orders set erp_status = 'cancelling', updated_at = now() where vendor_id = ${vendorId} and id = ${id}`);
}
