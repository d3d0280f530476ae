import type { Pool } from 'pg';
import { waitsForEarlier, type JobReference } from './job-reference';
import { alongIndexes } from './along-indexes';

/** Rows that one look gives at most; what is left comes in the next sweep. */
export const MOST_OVERDUE = 500;

/** A job whose worker died, hangs or lost the database. */
export interface ExpiredLease extends JobReference {
  leaseToken: string;
  attempt: number;
  attemptsSpent: number;
  attemptsAllowed: number;
}

interface JobRow {
  vendor_id: string;
  id: string;
  order_id: string;
}

const referenceOf = (row: JobRow): JobReference => ({ vendorId: row.vendor_id, jobId: row.id, orderId: row.order_id });

/** Jobs in processing whose lease is over. */
export async function findExpiredLeases(pool: Pool): Promise<ExpiredLease[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<
      JobRow & { lease_token: string; attempt_no: number; attempts_spent: number; attempts_allowed: number }
    >(`select vendor_id, id, order_id, lease_token, attempt_no, attempts_spent, attempts_allowed
       from sync_jobs where status in ('queued', 'processing') and status = 'processing' and lease_until < now() limit ${MOST_OVERDUE}`);
    return rows.map((row) => ({
      ...referenceOf(row),
      leaseToken: row.lease_token,
      attempt: row.attempt_no,
      attemptsSpent: row.attempts_spent,
      attemptsAllowed: row.attempts_allowed,
    }));
  });
}

/** Jobs that were offered to the queue longer ago than this and have not been taken. */
export async function findLongQueued(pool: Pool, olderThanMs: number): Promise<(JobReference & { dispatchNo: number })[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<JobRow & { dispatch_no: number }>(
      `select vendor_id, id, order_id, dispatch_no from sync_jobs
       where status in ('queued', 'processing') and status = 'queued' and queued_at < now() - $1 * interval '1 millisecond'
       limit ${MOST_OVERDUE}`,
      [olderThanMs],
    );
    return rows.map((row) => ({ ...referenceOf(row), dispatchNo: row.dispatch_no }));
  });
}

/** Jobs that the agent has accepted and not called back about in time. */
export async function findMissedCallbacks(pool: Pool): Promise<JobReference[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<JobRow>(
      `select vendor_id, id, order_id from sync_jobs
       where status = 'awaiting_callback' and callback_deadline_at <= now() order by callback_deadline_at limit ${MOST_OVERDUE}`,
    );
    return rows.map(referenceOf);
  });
}

/** Open jobs that are too old; one in processing ends its try first. */
export async function findExpired(pool: Pool): Promise<JobReference[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<JobRow>(
      `select vendor_id, id, order_id from sync_jobs
       where status in ('pending', 'awaiting_callback') and expires_at <= now() order by expires_at limit ${MOST_OVERDUE}`,
    );
    return rows.map(referenceOf);
  });
}

/** Open jobs of vendors whose agents were deregistered; one in processing ends its try first. */
export async function findOfDeregistered(pool: Pool): Promise<JobReference[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<JobRow>(
      `select job.vendor_id, job.id, job.order_id
       from agent_registry agent join sync_jobs job on job.vendor_id = agent.vendor_id and job.status in ('pending', 'awaiting_callback')
       where agent.deregistered_at is not null limit ${MOST_OVERDUE}`,
    );
    return rows.map(referenceOf);
  });
}

/** Lets jobs go on whose earlier job ended in a moment when they were not visible to its end; gives how many. */
export async function releaseSuccessors(pool: Pool): Promise<number> {
  return alongIndexes(pool, async (client) => {
    const { rowCount } = await client.query(
      `with free as materialized (
         select held.vendor_id, held.id from sync_jobs held
         where held.status = 'pending' and held.held_reason is not null and held.held_reason = 'earlier_job'
           and not ${waitsForEarlier('held')}
         limit ${MOST_OVERDUE} for update of held skip locked
       )
       update sync_jobs job set held_reason = null from free where job.vendor_id = free.vendor_id and job.id = free.id`,
    );
    return rowCount ?? 0;
  });
}
