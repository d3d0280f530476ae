import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { claimJob, type ClaimedJob } from '../../src/database/delivery/claim-job';
import { completeJob, type Completion } from '../../src/database/delivery/complete-job';
import type { AttemptNote, Retry } from '../../src/database/delivery/end-attempt';
import { failJob, type Failure } from '../../src/database/delivery/fail-job';
import type { VendorGates } from '../../src/database/delivery/hold-jobs';
import type { JobReference, Queryable } from '../../src/database/delivery/job-reference';
import { cancelUnstarted, lockOrder, queueCancellation, readOrderJobs } from '../../src/database/orders/cancel-order';
import { insertOrder, type JobTerms } from '../../src/database/orders/insert-order';
import type { Database, Tx } from '../../src/database/connect';
import type { HeldReason, JobStatus } from '../../src/database/schema/sync-jobs';

export const TERMS: JobTerms = { attemptsAllowed: 5, expiresInS: 600, correlationId: 'c-1' };
export const DONE: Completion = { erpReference: 'SO-1', metadata: null, cancelAttemptsAllowed: 5, cancelExpiresInS: 600 };
export const FAILED: Failure = { code: 'rejected', reason: 'no such customer', spent: true, mustAsk: false, askAfterMs: 0 };
export const AGAIN: Retry = { spent: true, delayMs: 0, mustAsk: false, askAfterMs: 0, errorCode: 'server_error', errorMessage: 'it broke' };
export const note = (attempt: number): AttemptNote => ({ attempt, outcome: 'server_error', durationMs: 3, httpStatus: 500, error: null });
export const MODES = ['push'] as const;
/** Enough that offline is never what holds a job. */
export const ONLINE_S = 3_600;
/** Nobody polls, and no breaker is open. */
export const GATES: VendorGates = { offlineAfterS: ONLINE_S, polling: [], breakerOpen: [] };

/** A job as a test looks at it. */
export interface JobRow {
  id: string;
  order_id: string;
  operation: 'create_order' | 'cancel_order';
  status: JobStatus;
  sequence: number;
  attempt_no: number;
  sent_attempt: number;
  attempts_spent: number;
  attempts_allowed: number;
  dispatch_no: number;
  must_ask: boolean;
  held_reason: HeldReason | null;
  lease_token: string | null;
  erp_reference: string | null;
  error_code: string | null;
}

/** Registers a push agent that is online; `more` goes over its row. */
export async function addAgent(pool: Pool, vendorId: string, more: Record<string, unknown> = {}): Promise<void> {
  const row = { vendor_id: vendorId, erp_type: 'x', mode: 'push', agent_url: 'http://x', auth_token_hash: 'x', ...more };
  await pool.query(
    `insert into agent_registry (${Object.keys(row).join(', ')}, last_heartbeat)
     values (${Object.keys(row)
       .map((_, i) => `$${i + 1}`)
       .join(', ')}, now())`,
    Object.values(row),
  );
}

let orders = 0;

/** Places an order; its only job creates it. */
export async function placeOrder(pool: Pool, vendorId: string, terms: Partial<JobTerms> = {}): Promise<JobReference> {
  const zero = { amountVatExcluded: '0', vatAmount: '0' };
  const line = { lineNo: 1, sku: 'A', description: 'A', quantity: '1', unitPrice: '0', discountRate: '0', vatRate: '0', ...zero };
  const nothing = { customerId: null, requestedDeliveryDate: null, billingAddress: null, shippingAddress: null, notes: null };
  const order = { vendorId, orderNumber: `N-${++orders}`, erpCustomerCode: 'C', currency: 'EUR', ...nothing, ...zero };
  const placed = await insertOrder(pool, { ...order, amountVatIncluded: '0', lines: [line] }, null, { ...TERMS, ...terms });
  if (placed?.erp.jobId == null) throw new Error('the order was not placed');
  return { vendorId, orderId: placed.id, jobId: placed.erp.jobId };
}

/** Offers one job as the relay does, whatever else is due; gives its dispatch number. */
export async function queue(pool: Pool, { vendorId, jobId }: JobReference): Promise<number> {
  const { rows } = await pool.query<{ dispatch_no: number }>(
    `update sync_jobs set status = 'queued', dispatch_no = dispatch_no + 1, queued_at = clock_timestamp()
     where vendor_id = $1 and id = $2 and status = 'pending' returning dispatch_no`,
    [vendorId, jobId],
  );
  if (rows[0] === undefined) throw new Error('the job is not pending');
  return rows[0].dispatch_no;
}

/** A worker's hands on a job. */
export async function claim(pool: Pool, job: JobReference, leaseMs = 60_000): Promise<ClaimedJob> {
  const dispatchNo = await queue(pool, job);
  const claimed = await claimJob(pool, { ...job, dispatchNo }, { token: randomUUID(), durationMs: leaseMs }, MODES);
  if (claimed === undefined) throw new Error('the job was not to be had');
  return claimed;
}

/** Makes a dead letter of a pending job by a try that fails for good; gives its id. */
export async function makeDeadLetter(pool: Pool, job: JobReference, failure: Partial<Failure> = {}): Promise<string> {
  const { leaseToken } = await claim(pool, job);
  const id = await failJob(pool, job, { leaseToken }, { ...FAILED, ...failure });
  if (id === undefined) throw new Error('the job did not fail');
  return id;
}

export const complete = (executor: Queryable, job: JobReference, more: Partial<Completion> = {}) =>
  completeJob(executor, job, { ...DONE, ...more });

/** Cancels an order as the use case does: at once while no try has started, by a job behind the others afterwards. */
export async function cancel(database: Database, orderId: string): Promise<'cancelled' | 'cancelling' | 'refused'> {
  return database.db.transaction((tx) => cancelIn(tx, orderId));
}

async function cancelIn(tx: Tx, orderId: string): Promise<'cancelled' | 'cancelling' | 'refused'> {
  const order = await lockOrder(tx, orderId);
  if (order === null || ['failed', 'cancelled', 'cancelling'].includes(order.erpStatus)) return 'refused';
  const jobs = await readOrderJobs(tx, order);
  const create = jobs.find(({ operation }) => operation === 'create_order');
  if (create?.attemptNo === 0 && (await cancelUnstarted(tx, order, create.id))) return 'cancelled';
  const held = jobs.some(({ status }) => ['pending', 'queued', 'processing', 'awaiting_callback'].includes(status));
  await queueCancellation(tx, order, { sequence: Math.max(0, ...jobs.map(({ sequence }) => sequence)) + 1, held }, TERMS);
  return 'cancelling';
}

export async function jobsOf(executor: Queryable, orderId: string): Promise<JobRow[]> {
  return (await executor.query<JobRow>('select * from sync_jobs where order_id = $1 order by sequence', [orderId])).rows;
}

export async function readJob(executor: Queryable, { jobId }: Pick<JobReference, 'jobId'>): Promise<JobRow> {
  return (await executor.query<JobRow>('select * from sync_jobs where id = $1', [jobId])).rows[0] as JobRow;
}

export async function readOrder(executor: Queryable, orderId: string) {
  const { rows } = await executor.query<{ erp_status: string; erp_reference: string | null; erp_sync_error: string | null }>(
    'select erp_status, erp_reference, erp_sync_error from orders where id = $1',
    [orderId],
  );
  return rows[0];
}

/** The dead letters of a job, oldest first: `open`, or how each was closed. */
export async function lettersOf(executor: Queryable, jobId: string): Promise<string[]> {
  const { rows } = await executor.query<{ state: string }>(
    `select coalesce(resolution, 'open') as state from dead_letter_queue where original_job_id = $1 order by id`,
    [jobId],
  );
  return rows.map(({ state }) => state);
}

/** Waits until so many sessions wait for a lock. */
export async function untilBlocked(pool: Pool, sessions = 1): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((rows[0]?.n ?? 0) >= sessions) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('nobody waits for a lock');
}
