import type { Pool, PoolClient } from 'pg';

/** What runs statements: a pool, or a client in a transaction of the caller's. */
export type Queryable = Pool | PoolClient;

/** Which job of which order. */
export interface JobReference {
  vendorId: string;
  jobId: string;
  orderId: string;
}

/**
 * Whether a job has to wait for an earlier one of its order: one that is open, or that failed and nobody has decided about.
 * `job` is the alias of the job in the statement; `except` a job whose end is part of that very statement.
 */
export function waitsForEarlier(job: string, except?: string): string {
  return `exists (
    select from sync_jobs earlier
    where earlier.vendor_id = ${job}.vendor_id and earlier.order_id = ${job}.order_id and earlier.sequence < ${job}.sequence
      ${except === undefined ? '' : `and earlier.id <> ${except}`}
      and ${isUndecided('earlier')})`;
}

/** Whether a job (by its alias) is open, or failed and nobody has decided about it. */
export function isUndecided(job: string): string {
  return `(${job}.status in ('pending', 'queued', 'processing', 'awaiting_callback') or ${isDeadLetter(job)})`;
}

/** Whether a job (by its alias) failed and nobody has decided about it. */
export function isDeadLetter(job: string): string {
  return `(${job}.status = 'failed' and exists (
      select from dead_letter_queue letter
      where letter.vendor_id = ${job}.vendor_id and letter.original_job_id = ${job}.id and not letter.resolved))`;
}

/**
 * Locks the order of a job ($1 vendor, $2 job, $3 order) before the job: everyone does so in this order, so that no two can
 * wait for one another. Gives the order as it is once the lock is held.
 */
export const LOCKED_ORDER = `locked as (
    select vendor_id, id, order_number, erp_status, erp_reference from orders where vendor_id = $1 and id = $3 for update)`;
