import type { Pool, PoolClient } from 'pg';
import { waitsForEarlier } from './job-reference';
import { gateValues, holdReason, type VendorGates } from './hold-jobs';
import { alongIndexes } from './along-indexes';

/** A job that was just moved to `queued`: what the queue has to hold. */
export interface OfferedJob {
  vendorId: string;
  jobId: string;
  orderId: string;
  dispatchNo: number;
}

interface OfferedRow {
  vendor_id: string;
  id: string;
  order_id: string;
  dispatch_no: number;
  rank: string;
}

// Vendors by a loose walk along sync_jobs_due: the cost goes with the number of vendors that wait, not of jobs.
const OFFER = `
  with recursive waiting(vendor_id) as (
    (select vendor_id from sync_jobs where status = 'pending' and held_reason is null order by vendor_id limit 1)
    union all
    select (
      select next.vendor_id from sync_jobs next
      where next.status = 'pending' and next.held_reason is null and next.vendor_id > waiting.vendor_id
      order by next.vendor_id limit 1)
    from waiting where waiting.vendor_id is not null
  ), busy as (
    select vendor_id, count(*) as jobs from sync_jobs where status in ('queued', 'processing') group by vendor_id
  ), picked as materialized (
    select due.vendor_id, due.id, row_number() over (partition by due.vendor_id order by due.next_attempt_at, due.id) as rank
    from waiting
    join agent_registry agent on agent.vendor_id = waiting.vendor_id and agent.deregistered_at is null
      and ${holdReason('agent', { offlineAfterS: '$2', polling: '$3', breakerOpen: '$4' })} is null
    left join busy on busy.vendor_id = waiting.vendor_id
    cross join lateral (
      select job.vendor_id, job.id, job.next_attempt_at from sync_jobs job
      where job.vendor_id = waiting.vendor_id and job.status = 'pending' and job.held_reason is null and job.next_attempt_at <= now()
        and (job.sequence = 1 or not ${waitsForEarlier('job')})
      order by job.next_attempt_at, job.id
      limit greatest(0, $1::bigint - coalesce(busy.jobs, 0))
      for update of job skip locked
    ) due
    where waiting.vendor_id is not null
  )
  update sync_jobs job
  set status = 'queued', dispatch_no = job.dispatch_no + 1, queued_at = now()
  from picked where job.vendor_id = picked.vendor_id and job.id = picked.id and job.status = 'pending'
  returning job.vendor_id, job.id, job.order_id, job.dispatch_no, picked.rank`;

/**
 * Moves what is due to `queued`: of each vendor at most its share (`perVendor` queued or processing at once), jobs of an order
 * one after the other, nothing of a vendor whose agent cannot be called. In the order in which they should be done: every
 * vendor's first, every vendor's second, …
 */
export async function offerJobs(pool: Pool, perVendor: number, gates: VendorGates): Promise<OfferedJob[]> {
  return alongIndexes(pool, async (client: PoolClient) => {
    const { rows } = await client.query<OfferedRow>({
      name: 'offer-jobs',
      text: OFFER,
      values: [perVendor, ...gateValues(gates)],
    });
    return rows.sort((a, b) => Number(a.rank) - Number(b.rank)).map(toOffered);
  });
}

function toOffered(row: OfferedRow): OfferedJob {
  return { vendorId: row.vendor_id, jobId: row.id, orderId: row.order_id, dispatchNo: row.dispatch_no };
}
