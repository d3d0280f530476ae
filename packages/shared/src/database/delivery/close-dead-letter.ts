import { and, eq, sql } from 'drizzle-orm';
import type { Executor, Tx } from '../connect';
import { orders } from '../schema/orders';
import { deadLetterQueue as letters, syncJobs } from '../schema/sync-jobs';
import { fromStates } from './transitions';
import { waitsForEarlier } from './job-reference';

/** Which dead letter, and which job of which order it is about. */
export interface LetterReference {
  id: string;
  vendorId: string;
  orderId: string;
  jobId: string;
  operation: 'create_order' | 'cancel_order';
}

/** What another round of tries is given. */
export interface RetryAllowance {
  attempts: number;
  expiresInS: number;
}

/** Locks the order of a dead letter: whoever changes an order's jobs holds it first. */
export async function lockOrderOf(tx: Tx, { vendorId, orderId }: LetterReference): Promise<void> {
  await tx.execute(sql`select from ${orders} where vendor_id = ${vendorId} and id = ${orderId} for update`);
}

/** How a dead letter is closed. */
export interface Closing {
  resolution: 'retried' | 'resolved';
  by: string;
  note?: string | null | undefined;
}

/** Marks a dead letter as dealt with; false when it was already. */
export async function closeLetter(tx: Tx, { vendorId, id }: LetterReference, closing: Closing): Promise<boolean> {
  const closed = await tx
    .update(letters)
    .set({
      resolved: true,
      resolvedAt: sql`now()`,
      resolvedBy: closing.by,
      resolution: closing.resolution,
      resolutionNote: closing.note ?? null,
    })
    .where(and(eq(letters.vendorId, vendorId), eq(letters.id, id), sql`not ${letters.resolved}`))
    .returning({ id: letters.id });
  return closed.length === 1;
}

/** Gives a failed job more tries, and its order the state of one that is on its way. The mark "ask first" stays. */
export async function reopenJob(
  tx: Tx,
  { vendorId, orderId, jobId, operation }: LetterReference,
  allowance: RetryAllowance,
): Promise<void> {
  await tx.execute(sql`
    update sync_jobs set status = 'pending', completed_at = null, error_code = null, error_message = null,
      attempts_allowed = attempts_spent + ${allowance.attempts}, expires_at = now() + make_interval(secs => ${allowance.expiresInS}),
      next_attempt_at = greatest(now(), coalesce(ask_after, now()))
    where vendor_id = ${vendorId} and id = ${jobId} and status in (${sql.raw(fromStates('retryFailed'))})`);
  const creating = operation === 'create_order';
  await tx.execute(sql`
    update orders set erp_sync_error = null, updated_at = now(),
      erp_status = case
        when not ${creating}::boolean then 'cancelling'
        when exists (select from sync_jobs where vendor_id = ${vendorId} and order_id = ${orderId} and operation = 'cancel_order'
          and status = 'pending') then 'cancelling'
        when exists (select from sync_jobs where vendor_id = ${vendorId} and id = ${jobId} and attempt_no > 0) then 'syncing'
        else 'pending' end
    where vendor_id = ${vendorId} and id = ${orderId}`);
}

/** A person says that the ERP has the order under this reference: the job is done, the order confirmed, what waits behind goes on. */
export async function confirmByHand(tx: Tx, letter: LetterReference, erpReference: string): Promise<void> {
  const { vendorId, orderId, jobId } = letter;
  await tx.execute(sql`
    update sync_jobs set status = 'completed', completed_at = now(), erp_reference = ${erpReference}, must_ask = false, ask_after = null,
      error_code = null, error_message = null
    where vendor_id = ${vendorId} and id = ${jobId} and status = 'failed'`);
  await tx.execute(sql`
    update orders set erp_reference = ${erpReference}, erp_synced_at = now(), erp_sync_error = null, updated_at = now(),
      erp_status = case when exists (select from sync_jobs where vendor_id = ${vendorId} and order_id = ${orderId}
        and operation = 'cancel_order' and status in ('pending', 'queued', 'processing', 'awaiting_callback')) then 'cancelling'
        else 'confirmed' end
    where vendor_id = ${vendorId} and id = ${orderId}`);
  await releaseNext(tx, letter);
}

/** A person says that there will be no order: it is cancelled, and what waits behind it with it. */
export async function cancelByHand(tx: Tx, { vendorId, orderId, jobId }: LetterReference): Promise<void> {
  await tx.execute(sql`
    update sync_jobs set status = 'cancelled', completed_at = now(), held_reason = null
    where vendor_id = ${vendorId} and order_id = ${orderId} and id <> ${jobId} and status in (${sql.raw(fromStates('cancel'))})`);
  await tx
    .update(orders)
    .set({ erpStatus: 'cancelled', updatedAt: sql`now()` })
    .where(and(eq(orders.vendorId, vendorId), eq(orders.id, orderId)));
}

/** A person gives a cancellation up: the order is confirmed again, and says why it was not cancelled. */
export async function keepOrder(tx: Tx, letter: LetterReference, error: string, erpReference: string | null): Promise<void> {
  await tx
    .update(orders)
    .set({
      erpStatus: 'confirmed',
      erpSyncError: error,
      updatedAt: sql`now()`,
      ...(erpReference === null ? {} : { erpReference }),
    })
    .where(and(eq(orders.vendorId, letter.vendorId), eq(orders.id, letter.orderId)));
  await releaseNext(tx, letter);
}

async function releaseNext(tx: Tx, { vendorId, orderId }: LetterReference): Promise<void> {
  await tx.execute(sql`
    update sync_jobs job set held_reason = null
    where vendor_id = ${vendorId} and order_id = ${orderId} and status = 'pending' and held_reason = 'earlier_job'
      and not ${sql.raw(waitsForEarlier('job'))}`);
}

/** The job of a dead letter; undefined when there is no such dead letter. */
export async function referenceOfLetter(executor: Executor, id: string): Promise<LetterReference | undefined> {
  const [row] = await executor
    .select({
      id: letters.id,
      vendorId: letters.vendorId,
      jobId: letters.originalJobId,
      orderId: syncJobs.orderId,
      operation: letters.operation,
    })
    .from(letters)
    .innerJoin(syncJobs, and(eq(syncJobs.vendorId, letters.vendorId), eq(syncJobs.id, letters.originalJobId)))
    .where(eq(letters.id, id));
  return row;
}
