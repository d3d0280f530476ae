import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Executor, Tx } from '../connect';
import { orders } from '../schema/orders';
import { deadLetterQueue as letters, syncJobs } from '../schema/sync-jobs';
import { fromStates } from './transitions';
import { isDeadLetter, isUndecided, waitsForEarlier } from './job-reference';

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
    .set(asClosed(closing))
    .where(and(eq(letters.vendorId, vendorId), eq(letters.id, id), sql`not ${letters.resolved}`))
    .returning({ id: letters.id });
  return closed.length === 1;
}

function asClosed({ resolution, by, note }: Closing) {
  return { resolved: true, resolvedAt: sql`now()`, resolvedBy: by, resolution, resolutionNote: note ?? null };
}

/** Gives a failed job more tries. The mark "ask first" stays; behind an earlier job that is not decided about, it waits. */
export async function reopenJob(tx: Tx, letter: LetterReference, allowance: RetryAllowance): Promise<void> {
  const { vendorId, jobId } = letter;
  await tx.execute(sql`
    update sync_jobs job set status = 'pending', completed_at = null, error_code = null, error_message = null,
      attempts_allowed = attempts_spent + ${allowance.attempts}, expires_at = now() + make_interval(secs => ${allowance.expiresInS}),
      next_attempt_at = greatest(now(), coalesce(ask_after, now())),
      held_reason = case when ${sql.raw(waitsForEarlier('job'))} then 'earlier_job' end
    where vendor_id = ${vendorId} and id = ${jobId} and status in (${sql.raw(fromStates('retryFailed'))})`);
  await updateOrder(tx, letter, sql`erp_sync_error = null`);
}

/** A person says that the ERP has the order under this reference: the job is done, the order confirmed, what waits behind goes on. */
export async function confirmByHand(tx: Tx, letter: LetterReference, erpReference: string): Promise<void> {
  const { vendorId, jobId } = letter;
  await tx.execute(sql`
    update sync_jobs set status = 'completed', completed_at = now(), erp_reference = ${erpReference}, must_ask = false, ask_after = null,
      error_code = null, error_message = null
    where vendor_id = ${vendorId} and id = ${jobId} and status = 'failed'`);
  await updateOrder(tx, letter, sql`erp_reference = ${erpReference}, erp_synced_at = now(), erp_sync_error = null`);
  await releaseNext(tx, letter);
}

/** A person says that there will be no order: it is cancelled, and what waits behind it with it, dead letters too. */
export async function cancelByHand(tx: Tx, letter: LetterReference, closing: Closing): Promise<void> {
  const { vendorId, orderId, jobId } = letter;
  await tx.execute(sql`
    update sync_jobs set status = 'cancelled', completed_at = now(), queued_at = null, held_reason = null
    where vendor_id = ${vendorId} and order_id = ${orderId} and id <> ${jobId} and status in (${sql.raw(fromStates('cancel'))})`);
  await tx
    .update(letters)
    .set(asClosed(closing))
    .where(
      and(
        eq(letters.vendorId, vendorId),
        sql`not ${letters.resolved}`,
        sql`${letters.originalJobId} in (select id from sync_jobs where vendor_id = ${vendorId} and order_id = ${orderId})`,
      ),
    );
  await tx
    .update(orders)
    .set({ erpStatus: 'cancelled', updatedAt: sql`now()` })
    .where(and(eq(orders.vendorId, vendorId), eq(orders.id, orderId)));
}

/** A person gives a cancellation up: the order is what it is without it (as a rule confirmed), and says why it was not cancelled. */
export async function keepOrder(tx: Tx, letter: LetterReference, error: string, erpReference: string | null): Promise<void> {
  await updateOrder(tx, letter, sql`erp_sync_error = ${error}, erp_reference = coalesce(${erpReference}, erp_reference)`);
  await releaseNext(tx, letter);
}

/** Changes an order, and makes its status what its jobs say now. */
async function updateOrder(tx: Tx, { vendorId, orderId }: LetterReference, changes: SQL): Promise<void> {
  await tx.execute(sql`
    update orders set ${changes}, updated_at = now(), erp_status = ${sql.raw(statusByJobs('orders'))}
    where vendor_id = ${vendorId} and id = ${orderId}`);
}

/** What the jobs of an order say of it, as SQL; `order` is its alias. A creation that was cleaned up was completed. */
function statusByJobs(order: string): string {
  const has = (operation: string, condition: string) => `exists (
      select from sync_jobs job where job.vendor_id = ${order}.vendor_id and job.order_id = ${order}.id
        and job.operation = '${operation}' and ${condition})`;
  return `(case
      when ${has('create_order', isDeadLetter('job'))} then 'failed'
      when ${has('cancel_order', `job.status = 'completed'`)} then 'cancelled'
      when ${has('cancel_order', isUndecided('job'))} then 'cancelling'
      when ${has('create_order', `job.status in ('failed', 'cancelled')`)} then 'cancelled'
      when ${has('create_order', `${isUndecided('job')} and job.attempt_no > 0`)} then 'syncing'
      when ${has('create_order', isUndecided('job'))} then 'pending'
      else 'confirmed' end)`;
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
