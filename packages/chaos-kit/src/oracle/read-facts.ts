import type { DeadLetterFact, JobFact, OrderFact } from '@repo/stand-in-erp/check-ledger';
import type { Pool } from 'pg';

/** A job with what shows whether it ran in its turn. */
export interface TimedJob extends JobFact {
  vendorId: string;
  attemptNo: number;
  attempts: number;
  /** Milliseconds since 1970; null: none has started. */
  firstAttemptAt: number | null;
  completedAt: number | null;
}

/** An attempt of which the hub says that nobody fetched its call. */
export interface UnfetchedAttempt {
  jobId: string;
  attempt: number;
}

export interface Facts {
  orders: (OrderFact & { hasJob: boolean })[];
  jobs: TimedJob[];
  unfetched: UnfetchedAttempt[];
  openDeadLetters: DeadLetterFact[];
  resolvedDeadLetters: number;
}

/** What the hub's database says of these vendors once nothing is under way. */
export async function readFacts(pool: Pool, vendorIds: readonly string[]): Promise<Facts> {
  const { rows: orders } = await pool.query<Facts['orders'][number]>(
    `select id, order_number as "orderNumber", vendor_id as "vendorId", erp_status as "erpStatus", erp_reference as "erpReference",
       exists (select from sync_jobs job where job.vendor_id = orders.vendor_id and job.order_id = orders.id
         and job.operation = 'create_order') as "hasJob"
     from orders where vendor_id = any($1)`,
    [vendorIds],
  );
  const { rows: jobs } = await pool.query<TimedJob>(
    `select job.id, job.vendor_id as "vendorId", job.order_id as "orderId", job.operation, job.sequence, job.status,
       job.attempt_no as "attemptNo", (extract(epoch from job.completed_at) * 1000)::float8 as "completedAt",
       count(attempt.attempt)::int as attempts, (extract(epoch from min(attempt.started_at)) * 1000)::float8 as "firstAttemptAt"
     from sync_jobs job
     left join sync_job_attempts attempt on attempt.vendor_id = job.vendor_id and attempt.job_id = job.id
     where job.vendor_id = any($1)
     group by job.vendor_id, job.id`,
    [vendorIds],
  );
  const { rows: letters } = await pool.query<DeadLetterFact & { resolved: boolean }>(
    'select original_job_id as "jobId", failure_code as "failureCode", resolved from dead_letter_queue where vendor_id = any($1)',
    [vendorIds],
  );
  const { rows: unfetched } = await pool.query<UnfetchedAttempt>(
    `select job_id as "jobId", attempt from sync_job_attempts where vendor_id = any($1) and outcome = 'not_fetched'`,
    [vendorIds],
  );
  return {
    orders,
    jobs,
    unfetched,
    openDeadLetters: letters.filter(({ resolved }) => !resolved),
    resolvedDeadLetters: letters.filter(({ resolved }) => resolved).length,
  };
}
