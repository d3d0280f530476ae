import type { Pool } from 'pg';
import { waitsForEarlier } from './job-reference';
import type { OfferedJob } from './offer-jobs';
import { alongIndexes } from './along-indexes';

/** Holds that end when one call gets through: what is held for one of them lets a single job try. */
export type ProbedReason = 'agent_unauthorized' | 'breaker_open';

/**
 * Moves the oldest job of a vendor that is held for this reason to `queued`: the one that tries whether it still holds. Behind
 * an open breaker none while anything of the vendor is on its way: that may be the one.
 */
export async function offerProbe(pool: Pool, vendorId: string, reason: ProbedReason): Promise<OfferedJob | undefined> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<{ id: string; order_id: string; dispatch_no: number }>(
      // Materialized: a plan that looks for the oldest once a row would offer them all.
      `with oldest as materialized (
         select held.id from sync_jobs held
         where held.vendor_id = $1 and held.status = 'pending' and held.held_reason is not null
           and held.held_reason = $2 and held.next_attempt_at <= now() and not ${waitsForEarlier('held')}
           and ($2 <> 'breaker_open' or not exists (
             select from sync_jobs busy where busy.vendor_id = $1 and busy.status in ('queued', 'processing')))
         order by held.next_attempt_at limit 1 for update of held skip locked
       )
       update sync_jobs job set status = 'queued', dispatch_no = job.dispatch_no + 1, queued_at = now(), held_reason = null
       from oldest
       where job.vendor_id = $1 and job.id = oldest.id
       returning job.id, job.order_id, job.dispatch_no`,
      [vendorId, reason],
    );
    const row = rows[0];
    return row && { vendorId, jobId: row.id, orderId: row.order_id, dispatchNo: row.dispatch_no };
  });
}
