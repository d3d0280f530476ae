import type { JobStatus } from '../schema/sync-jobs';
import type { JobReference, Queryable } from './job-reference';

/** What a callback is judged by. */
export interface CalledBackJob extends JobReference {
  status: JobStatus;
  operation: 'create_order' | 'cancel_order';
  attempt: number;
  sentAttempt: number;
  mustAsk: boolean;
  attemptsSpent: number;
  attemptsAllowed: number;
}

/** A vendor's job; undefined when that vendor has none of this id. */
export async function findJob(executor: Queryable, vendorId: string, jobId: string): Promise<CalledBackJob | undefined> {
  const { rows } = await executor.query<{
    order_id: string;
    status: JobStatus;
    operation: CalledBackJob['operation'];
    attempt_no: number;
    sent_attempt: number;
    must_ask: boolean;
    attempts_spent: number;
    attempts_allowed: number;
  }>({
    name: 'find-job',
    text: `select order_id, status, operation, attempt_no, sent_attempt, must_ask, attempts_spent, attempts_allowed
      from sync_jobs where vendor_id = $1 and id = $2`,
    values: [vendorId, jobId],
  });
  const row = rows[0];
  return (
    row && {
      vendorId,
      jobId,
      orderId: row.order_id,
      status: row.status,
      operation: row.operation,
      attempt: row.attempt_no,
      sentAttempt: row.sent_attempt,
      mustAsk: row.must_ask,
      attemptsSpent: row.attempts_spent,
      attemptsAllowed: row.attempts_allowed,
    }
  );
}
