import { guardSql, guardValues, LONGEST_ERROR, noteSql, noteValues, type AttemptNote, type Guard } from './end-attempt';
import { LOCKED_ORDER, type JobReference, type Queryable } from './job-reference';
import { fromStates } from './transitions';

/** Why a job became a dead letter. */
export const FAILURE_CODES = [
  /** The agent answered with a status that says never. */
  'rejected',
  /** The ERP said that it failed, and that trying again will not help. */
  'failed_for_good',
  /** Every attempt allowed was spent. */
  'attempts_exhausted',
  /** Nobody knows whether the ERP did it, and the agent cannot be asked. */
  'outcome_unknown',
  /** It was open for too long. */
  'expired',
  /** The agent was deregistered. */
  'agent_deregistered',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** The end of a job that is not retried by itself. */
export interface Failure {
  code: FailureCode;
  /** For people: what happened last. */
  reason: string;
  /** Whether a try that ends with it counts; one that was accepted has been counted then. */
  spent: boolean;
  /** Whether nobody knows what became of the last try; undefined: as it was, and of one that was accepted nobody knows. */
  mustAsk: boolean | undefined;
  /** From when on asking makes sense, in milliseconds from now. */
  askAfterMs: number;
}

const FAIL = `
  with ${LOCKED_ORDER}, failed as (
    update sync_jobs job
    set status = 'failed', completed_at = now(), lease_token = null, lease_until = null, callback_deadline_at = null, held_reason = null,
      queued_at = null,
      attempts_spent = job.attempts_spent + case when $6::boolean and job.status = 'processing' then 1 else 0 end,
      must_ask = coalesce($7::boolean, job.must_ask or job.status = 'awaiting_callback'),
      ask_after = case when $7::boolean then now() + $8 * interval '1 millisecond' when $7::boolean is null then job.ask_after end,
      error_code = $4, error_message = $5
    from locked
    where job.vendor_id = $1 and job.id = $2 and job.order_id = $3 and job.status in (${fromStates('fail')}) and ${guardSql('job', 9)}
    returning job.id, job.operation, job.payload, job.attempt_no
  ), noted as (${noteSql('failed', 13)}
  ), letter as (
    insert into dead_letter_queue
      (vendor_id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count, last_attempt_at)
    select $1, failed.id, failed.operation, failed.payload, $4, $5, failed.attempt_no,
      (select max(started_at) from sync_job_attempts where vendor_id = $1 and job_id = failed.id)
    from failed
    returning id
  ), marked as (
    update orders
    set erp_status = case when failed.operation = 'create_order' then 'failed' else orders.erp_status end,
      erp_sync_error = $5, updated_at = now()
    from failed where orders.vendor_id = $1 and orders.id = $3
  )
  select id from letter`;

/**
 * Ends a job as failed and writes its dead letter, in one statement; later jobs of its order stay held. Gives the id of the
 * dead letter; undefined when the job is not as the guard says (any more).
 */
export async function failJob(
  executor: Queryable,
  { vendorId, jobId, orderId }: JobReference,
  guard: Guard,
  failure: Failure,
  note?: AttemptNote,
): Promise<string | undefined> {
  const { rows } = await executor.query<{ id: string }>({
    name: 'fail-job',
    text: FAIL,
    values: [
      vendorId,
      jobId,
      orderId,
      failure.code,
      failure.reason.slice(0, LONGEST_ERROR),
      failure.spent,
      failure.mustAsk ?? null,
      Math.max(0, Math.round(failure.askAfterMs)),
      ...guardValues(guard),
      ...noteValues(note),
    ],
  });
  return rows[0]?.id;
}
