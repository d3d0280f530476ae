import type { JobStatus } from '../schema/sync-jobs';
import { noteSql, noteValues, type AttemptNote } from './end-attempt';
import { isUndecided, LOCKED_ORDER, waitsForEarlier, type JobReference, type Queryable } from './job-reference';
import { fromStates } from './transitions';

/** What the ERP says of a job that it has done. */
export interface Completion {
  erpReference: string | null;
  metadata: Record<string, unknown> | null;
  /** For a cancellation that has to follow, because the order was cancelled meanwhile. */
  cancelAttemptsAllowed: number;
  cancelExpiresInS: number;
}

/** What completing a job changed. */
export interface CompletedJob {
  /** The state before. */
  was: JobStatus;
  /** The order had been cancelled: its cancellation was queued behind. */
  cancelsBehind: boolean;
  /** A dead letter of the job was open, and is closed now. */
  closedDeadLetter: boolean;
}

/** The alert of an order that was cancelled and done all the same: raised with what it tells of, so that no crash comes between. */
const LATE_CALLBACK = 'late_callback_after_cancel';

// Whoever changed the job while the order's lock was waited for may have written a dead letter that this statement does not
// see. So it changes only a job that is still as it saw it, and is repeated otherwise.
const COMPLETE = `
  with seen as materialized (
    select xmin as version, attempt_no > 0 and status in (${fromStates('complete')}) as may_complete
    from sync_jobs where vendor_id = $1 and id = $2
  ), ${LOCKED_ORDER}, done as (
    update sync_jobs job
    set status = 'completed', completed_at = now(), erp_reference = coalesce($4, job.erp_reference),
      metadata = coalesce($5::jsonb, job.metadata), lease_token = null, lease_until = null, queued_at = null,
      callback_deadline_at = null, must_ask = false, ask_after = null, held_reason = null, error_code = null, error_message = null
    from locked, seen
    where job.vendor_id = $1 and job.id = $2 and job.order_id = $3 and seen.may_complete and job.xmin = seen.version
    returning old.status as was, job.id, job.operation, job.sequence, job.correlation_id, locked.order_number,
      job.operation = 'create_order' and locked.erp_status = 'cancelled' as too_late
  ), noted as (${noteSql('done', 8)}
  ), confirmed as (
    update orders
    set erp_status = case
        when done.operation = 'cancel_order' then 'cancelled'
        when orders.erp_status in ('cancelling', 'cancelled') then 'cancelling'
        when exists (
          select from sync_jobs later
          where later.vendor_id = $1 and later.order_id = $3 and later.sequence > done.sequence and later.operation = 'cancel_order'
            and ${isUndecided('later')}) then 'cancelling'
        else 'confirmed' end,
      erp_reference = case when done.operation = 'create_order' then coalesce($4, orders.erp_reference) else orders.erp_reference end,
      erp_synced_at = now(), erp_sync_error = null, updated_at = now()
    from done where orders.vendor_id = $1 and orders.id = $3
  ), behind as (
    insert into sync_jobs (vendor_id, order_id, operation, payload, sequence, attempts_allowed, correlation_id, expires_at)
    select $1, $3, 'cancel_order', jsonb_build_object('orderNumber', done.order_number),
      (select max(sequence) + 1 from sync_jobs where vendor_id = $1 and order_id = $3),
      $6, done.correlation_id, now() + make_interval(secs => $7)
    from done where done.too_late
  ), told as (
    insert into alerts (kind, subject, vendor_id, detail)
    select '${LATE_CALLBACK}', $3::text, $1, 'Order ' || $3::text || ' of ' || $1 || ' was cancelled and done by its ERP all the same: it is cancelled there now'
    from done where done.too_late
    on conflict (kind, subject) where cleared_at is null do nothing
  ), needless as (
    update sync_jobs next set status = 'cancelled', completed_at = now(), queued_at = null, held_reason = null
    from done
    where next.vendor_id = $1 and next.order_id = $3 and next.sequence > done.sequence and next.attempt_no = 0
      and next.operation = 'cancel_order' and done.operation = 'cancel_order' and next.status in (${fromStates('cancel')})
  ), released as (
    update sync_jobs next set held_reason = null, next_attempt_at = least(next.next_attempt_at, now())
    from done
    where next.vendor_id = $1 and next.order_id = $3 and next.sequence > done.sequence and done.operation = 'create_order'
      and next.status = 'pending' and next.held_reason = 'earlier_job' and not ${waitsForEarlier('next', 'done.id')}
  ), closed as (
    update dead_letter_queue letter
    set resolved = true, resolved_at = now(), resolved_by = 'agent', resolution = 'late_callback'
    from done where letter.vendor_id = $1 and letter.original_job_id = done.id and not letter.resolved
    returning letter.id
  )
  select seen.may_complete, was, too_late, (select count(*) from closed) > 0 as closed from seen left join done on true`;

interface CompletedRow {
  may_complete: boolean;
  /** Null when the job was changed by somebody else while this waited. */
  was: JobStatus | null;
  too_late: boolean;
  closed: boolean;
}

/**
 * The ERP has done it: the job is completed, its order says so, its dead letter is closed. What waits behind a creation goes
 * on; behind a cancellation there is nothing left to cancel.
 * Undefined when the job is completed already, or no try has started.
 */
export async function completeJob(
  executor: Queryable,
  { vendorId, jobId, orderId }: JobReference,
  completion: Completion,
  note?: AttemptNote,
): Promise<CompletedJob | undefined> {
  const values = [
    vendorId,
    jobId,
    orderId,
    completion.erpReference,
    completion.metadata === null ? null : JSON.stringify(completion.metadata),
    completion.cancelAttemptsAllowed,
    completion.cancelExpiresInS,
    ...noteValues(note),
  ];
  for (;;) {
    const { rows } = await executor.query<CompletedRow>({ name: 'complete-job', text: COMPLETE, values });
    const row = rows[0];
    if (row === undefined || !row.may_complete) return undefined;
    if (row.was !== null) return { was: row.was, cancelsBehind: row.too_late, closedDeadLetter: row.closed };
  }
}
