import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

/** A job that is still open, as it is told to people. */
interface OpenJob {
  orderNumber: string;
  operation: string;
  status: string;
  heldReason: string | null;
  attemptNo: number;
  errorCode: string | null;
}

/** Calls that are on their way have gone by, or are refused as too late, after this. */
const LATE_CALLS_MS = 1_500;
const LOOK_EVERY_MS = 100;
const MOST_TOLD = 20;

/**
 * Waits until no job is under way (what waits behind an open dead letter is not), and, with `lateCalls`, stays so while calls
 * that are still on their way arrive. Gives what is still open when that does not come about in `limitMs`; nothing when all is at rest.
 */
export async function awaitRest(pool: Pool, limitMs: number, { lateCalls = true } = {}): Promise<string[]> {
  const end = performance.now() + limitMs;
  let open: OpenJob[] = [];
  do {
    open = await openJobs(pool);
    if (open.length === 0) {
      if (!lateCalls) return [];
      await sleep(LATE_CALLS_MS);
      open = await openJobs(pool);
      if (open.length === 0) return [];
    }
    await sleep(LOOK_EVERY_MS);
  } while (performance.now() < end);
  const told = open
    .slice(0, MOST_TOLD)
    .map(
      ({ orderNumber, operation, status, heldReason, attemptNo, errorCode }) =>
        `order ${orderNumber}: its ${operation} is ${status} after ${limitMs} ms without faults (attempt ${attemptNo}, held: ${heldReason ?? 'no'}, last error: ${errorCode ?? 'none'})`,
    );
  return open.length > MOST_TOLD ? [...told, `and ${open.length - MOST_TOLD} more jobs are open`] : told;
}

async function openJobs(pool: Pool): Promise<OpenJob[]> {
  const { rows } = await pool.query<OpenJob>(
    `select orders.order_number as "orderNumber", job.operation, job.status, job.held_reason as "heldReason",
       job.attempt_no as "attemptNo", job.error_code as "errorCode"
     from sync_jobs job join orders on orders.vendor_id = job.vendor_id and orders.id = job.order_id
     where job.status in ('pending', 'queued', 'processing', 'awaiting_callback') and not exists (
       select from sync_jobs earlier
       join dead_letter_queue letter on letter.vendor_id = earlier.vendor_id and letter.original_job_id = earlier.id and not letter.resolved
       where earlier.vendor_id = job.vendor_id and earlier.order_id = job.order_id and earlier.sequence < job.sequence)`,
  );
  return rows;
}
