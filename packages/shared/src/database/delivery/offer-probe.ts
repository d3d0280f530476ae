import type { Pool } from 'pg';
import type { OfferedJob } from './offer-jobs';
import { withoutSeqScan } from './without-seq-scan';

/** Moves the oldest job that is held because its agent refuses the hub to `queued`: the one that tries whether it still does. */
export async function offerProbe(pool: Pool, vendorId: string): Promise<OfferedJob | undefined> {
  return withoutSeqScan(pool, async (client) => {
    const { rows } = await client.query<{ id: string; order_id: string; dispatch_no: number }>(
      `update sync_jobs job set status = 'queued', dispatch_no = job.dispatch_no + 1, queued_at = now(), held_reason = null
       from (
         select id from sync_jobs
         where vendor_id = $1 and status = 'pending' and held_reason is not null and held_reason = 'agent_unauthorized'
           and next_attempt_at <= now()
         order by next_attempt_at limit 1 for update skip locked
       ) oldest
       where job.vendor_id = $1 and job.id = oldest.id
       returning job.id, job.order_id, job.dispatch_no`,
      [vendorId],
    );
    const row = rows[0];
    return row && { vendorId, jobId: row.id, orderId: row.order_id, dispatchNo: row.dispatch_no };
  });
}
