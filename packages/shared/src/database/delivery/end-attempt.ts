import type { JobReference, Queryable } from './job-reference';
import { fromStates } from './transitions';

/** What one try came to, for its record. */
export interface AttemptNote {
  attempt: number;
  /** A word for machines: `accepted`, `completed`, `timeout`, … */
  outcome: string;
  durationMs: number;
  httpStatus: number | null;
  /** For people, without secrets; cut to {@link LONGEST_ERROR}. */
  error: string | null;
}

/** Under which condition a job may be changed: which states it may be in, and who holds it or which call it is about. */
export interface Guard {
  /** Only while this lease is held. */
  leaseToken?: string;
  /** Only about the last call that told the ERP to do it, and only if its outcome is not known yet. */
  sentAttempt?: number;
  /** Only while the callback deadline is over. */
  callbackOverdue?: boolean;
  /** Only while nobody is at work on it. */
  atRest?: boolean;
}

/** Texts of agents are kept up to here, in characters. */
export const LONGEST_ERROR = 2_000;

/** Guard of a statement as SQL; it takes four parameters from `first` on, see {@link guardValues}. */
export function guardSql(job: string, first: number): string {
  return `($${first}::uuid is null or (${job}.status = 'processing' and ${job}.lease_token = $${first}))
      and ($${first + 1}::int is null or (${job}.sent_attempt = $${first + 1} and (${job}.status not in ('pending', 'queued') or ${job}.must_ask)))
      and (not $${first + 2}::boolean or (${job}.status = 'awaiting_callback' and ${job}.callback_deadline_at <= now()))
      and (not $${first + 3}::boolean or ${job}.status in ('pending', 'awaiting_callback'))`;
}

export function guardValues({ leaseToken, sentAttempt, callbackOverdue, atRest }: Guard): unknown[] {
  return [leaseToken ?? null, sentAttempt ?? null, callbackOverdue ?? false, atRest ?? false];
}

/** The record of a try, written with the change that it led to; parameters from `first` on. `from` gives a row when the change won. */
export function noteSql(from: string, first: number): string {
  return `update sync_job_attempts
      set outcome = $${first + 1}, duration_ms = $${first + 2}, http_status = $${first + 3}, error = $${first + 4}
      from ${from}
      where sync_job_attempts.vendor_id = $1 and sync_job_attempts.job_id = $2 and sync_job_attempts.attempt = $${first}::int
        and sync_job_attempts.outcome is null`;
}

export function noteValues(note: AttemptNote | undefined): unknown[] {
  if (note === undefined) return [null, null, null, null, null];
  return [note.attempt, note.outcome, note.durationMs, note.httpStatus, note.error?.slice(0, LONGEST_ERROR) ?? null];
}

const ACCEPT = `
  with moved as (
    update sync_jobs job
    set status = 'awaiting_callback', callback_deadline_at = now() + $4 * interval '1 millisecond', lease_token = null,
      lease_until = null, must_ask = false, ask_after = null, error_code = null, error_message = null,
      attempts_spent = job.attempts_spent + case when job.sent_attempt = job.attempt_no then 1 else 0 end
    where job.vendor_id = $1 and job.id = $2 and job.status in (${fromStates('accept')}) and job.lease_token = $3
    returning job.id
  ), noted as (${noteSql('moved', 5)})
  select count(*)::int as moved from moved`;

/** The agent has accepted the job: it calls back within so long, or is asked. False when the job was lost meanwhile. */
export async function awaitCallback(
  executor: Queryable,
  { vendorId, jobId }: JobReference,
  leaseToken: string,
  callbackWithinMs: number,
  note: AttemptNote,
): Promise<boolean> {
  const { rows } = await executor.query<{ moved: number }>({
    name: 'await-callback',
    text: ACCEPT,
    values: [vendorId, jobId, leaseToken, callbackWithinMs, ...noteValues(note)],
  });
  return rows[0]?.moved === 1;
}

/** How a job goes on after a try that was not its end. */
export interface Retry {
  /** Whether a try that ends with this counts against the attempts allowed; one that was accepted has been counted then. */
  spent: boolean;
  delayMs: number;
  /** Whether the agent must be asked first, and from when on that makes sense (milliseconds from now). Undefined: as it was. */
  mustAsk: boolean | undefined;
  askAfterMs: number;
  errorCode: string;
  errorMessage: string;
}

const RETRY = `
  with moved as (
    update sync_jobs job
    set status = 'pending', lease_token = null, lease_until = null, callback_deadline_at = null, queued_at = null,
      attempts_spent = job.attempts_spent + case when $3::boolean and job.status = 'processing' then 1 else 0 end,
      must_ask = coalesce($4::boolean, job.must_ask),
      ask_after = case when $4::boolean then now() + $5 * interval '1 millisecond' when $4::boolean is null then job.ask_after end,
      next_attempt_at = case when $4::boolean then greatest(now() + $6 * interval '1 millisecond', now() + $5 * interval '1 millisecond')
        else now() + $6 * interval '1 millisecond' end,
      error_code = $7, error_message = $8
    where job.vendor_id = $1 and job.id = $2 and job.status in (${fromStates('retryLater')}) and ${guardSql('job', 9)}
    returning job.id
  ), noted as (${noteSql('moved', 13)})
  select count(*)::int as moved from moved`;

/** Puts a job back to be tried again later. False when it is not as the guard says (any more). */
export async function retryLater(
  executor: Queryable,
  { vendorId, jobId }: JobReference,
  guard: Guard,
  retry: Retry,
  note?: AttemptNote,
): Promise<boolean> {
  const { rows } = await executor.query<{ moved: number }>({
    name: 'retry-later',
    text: RETRY,
    values: [
      vendorId,
      jobId,
      retry.spent,
      retry.mustAsk ?? null,
      Math.max(0, Math.round(retry.askAfterMs)),
      Math.max(0, Math.round(retry.delayMs)),
      retry.errorCode,
      retry.errorMessage.slice(0, LONGEST_ERROR),
      ...guardValues(guard),
      ...noteValues(note),
    ],
  });
  return rows[0]?.moved === 1;
}

/** Writes the record of a try whose outcome changed nothing any more: somebody else was faster. */
export async function noteAttempt(executor: Queryable, { vendorId, jobId }: JobReference, note: AttemptNote): Promise<void> {
  await executor.query({
    name: 'note-attempt',
    text: `update sync_job_attempts set outcome = $4, duration_ms = $5, http_status = $6, error = $7
      where vendor_id = $1 and job_id = $2 and attempt = $3 and outcome is null`,
    values: [vendorId, jobId, ...noteValues(note)],
  });
}
