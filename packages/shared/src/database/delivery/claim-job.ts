import type { JobReference, Queryable } from './job-reference';
import { LOCKED_ORDER } from './job-reference';
import { fromStates } from './transitions';

/** A job in a worker's hands until its lease ends, with all that a call to the agent takes. */
export interface ClaimedJob extends JobReference {
  operation: 'create_order' | 'cancel_order';
  payload: Record<string, unknown>;
  orderNumber: string;
  /** What the ERP calls the order, as far as that is known. */
  erpReference: string | null;
  attempt: number;
  attemptsSpent: number;
  attemptsAllowed: number;
  /** The agent has to be asked what became of the last try before it is told again. */
  mustAsk: boolean;
  correlationId: string;
  leaseToken: string;
  agent: {
    mode: 'push' | 'pull';
    agentUrl: string | null;
    secretVersion: number;
    signWithPrevious: boolean;
    idempotentOrders: boolean;
    /** It refused the hub's credentials lately: this is the try whether it still does. */
    unauthorized: boolean;
    /** The registration as it was read: a later one is not judged by what this call finds. Text, exact to the microsecond. */
    registeredAt: string;
  };
}

interface ClaimedRow {
  operation: ClaimedJob['operation'];
  payload: Record<string, unknown>;
  order_number: string;
  erp_reference: string | null;
  attempt_no: number;
  attempts_spent: number;
  attempts_allowed: number;
  must_ask: boolean;
  correlation_id: string;
  mode: 'push' | 'pull';
  agent_url: string | null;
  secret_version: number;
  sign_with_previous: boolean | null;
  idempotent_orders: boolean;
  unauthorized: boolean;
  registered_at: string;
}

const CLAIM = `
  with ${LOCKED_ORDER}, claimed as (
    update sync_jobs job
    set status = 'processing', attempt_no = job.attempt_no + 1, started_at = coalesce(job.started_at, now()), queued_at = null,
      sent_attempt = case when job.must_ask then job.sent_attempt else job.attempt_no + 1 end,
      lease_token = $5, lease_until = now() + $6 * interval '1 millisecond', next_attempt_at = now()
    from locked, agent_registry agent
    where job.vendor_id = $1 and job.id = $2 and job.order_id = $3 and job.status in (${fromStates('claim')}) and job.dispatch_no = $4
      and agent.vendor_id = $1 and agent.enabled and agent.deregistered_at is null and agent.mode = any($7)
      and (agent.unauthorized_since is null or job.queued_at > agent.unauthorized_since)
    returning job.operation, job.payload, locked.order_number, locked.erp_reference, job.attempt_no, job.attempts_spent,
      job.attempts_allowed, job.must_ask, job.correlation_id, agent.mode, agent.agent_url, agent.secret_version,
      agent.previous_secret_until > now() as sign_with_previous, agent.idempotent_orders,
      agent.unauthorized_since is not null as unauthorized, agent.updated_at::text as registered_at
  ), attempt as (
    insert into sync_job_attempts (vendor_id, job_id, attempt, started_at) select $1, $2, attempt_no, now() from claimed
  ), syncing as (
    update orders set erp_status = 'syncing', updated_at = now()
    from claimed where orders.vendor_id = $1 and orders.id = $3 and orders.erp_status = 'pending'
  )
  select * from claimed`;

/**
 * Takes a queued job for one try: counts the try, opens its record, and holds the job until the lease ends. Undefined when
 * the job is not to be had under this dispatch number (any more), or its agent is disabled, gone, in none of `modes`, or has
 * refused the hub's credentials since the job was offered.
 */
export async function claimJob(
  executor: Queryable,
  job: JobReference & { dispatchNo: number },
  lease: { token: string; durationMs: number },
  modes: readonly ('push' | 'pull')[],
): Promise<ClaimedJob | undefined> {
  const { rows } = await executor.query<ClaimedRow>({
    name: 'claim-job',
    text: CLAIM,
    values: [job.vendorId, job.jobId, job.orderId, job.dispatchNo, lease.token, lease.durationMs, modes],
  });
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    vendorId: job.vendorId,
    jobId: job.jobId,
    orderId: job.orderId,
    operation: row.operation,
    payload: row.payload,
    orderNumber: row.order_number,
    erpReference: row.erp_reference,
    attempt: row.attempt_no,
    attemptsSpent: row.attempts_spent,
    attemptsAllowed: row.attempts_allowed,
    mustAsk: row.must_ask,
    correlationId: row.correlation_id,
    leaseToken: lease.token,
    agent: {
      mode: row.mode,
      agentUrl: row.agent_url,
      secretVersion: row.secret_version,
      signWithPrevious: row.sign_with_previous === true,
      idempotentOrders: row.idempotent_orders,
      unauthorized: row.unauthorized,
      registeredAt: row.registered_at,
    },
  };
}

/**
 * Notes that the ERP is told again in this try, and renews the lease for that call. False when the job was lost meanwhile
 * (its lease ended, or a callback was faster): then nothing may be sent.
 */
export async function startSending(
  executor: Queryable,
  { vendorId, jobId }: JobReference,
  lease: { token: string; durationMs: number },
): Promise<boolean> {
  const { rowCount } = await executor.query({
    name: 'start-sending',
    text: `update sync_jobs
      set sent_attempt = attempt_no, lease_until = now() + $4 * interval '1 millisecond'
      where vendor_id = $1 and id = $2 and status = 'processing' and lease_token = $3 and lease_until > now()`,
    values: [vendorId, jobId, lease.token, lease.durationMs],
  });
  return rowCount === 1;
}

/** Takes a job back from the queue, unspent: the worker may not have it, or the queue lost it. False when it is elsewhere already. */
export async function putBack(executor: Queryable, job: JobReference & { dispatchNo: number }): Promise<boolean> {
  const { rowCount } = await executor.query({
    name: 'put-back',
    text: `update sync_jobs set status = 'pending', queued_at = null
      where vendor_id = $1 and id = $2 and status in (${fromStates('putBack')}) and dispatch_no = $3`,
    values: [job.vendorId, job.jobId, job.dispatchNo],
  });
  return rowCount === 1;
}
