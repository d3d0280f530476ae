import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

/** What of a job only ever grows. */
interface Counts {
  id: string;
  orderNumber: string;
  attemptNo: number;
  attemptsSpent: number;
  dispatchNo: number;
  status: string;
}

const GROWING = ['attemptNo', 'attemptsSpent', 'dispatchNo'] as const;
const LOOK_EVERY_MS = 400;

/** Looks at all jobs again and again until told to end; gives what went backwards, in words. */
export async function watchJobs(pool: Pool, signal: AbortSignal): Promise<string[]> {
  const seen = new Map<string, Counts>();
  const faults: string[] = [];
  while (!signal.aborted) {
    for (const now of await look(pool)) {
      faults.push(...wentBack(seen.get(now.id), now));
      seen.set(now.id, now);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return faults;
}

/** What is less than it was, or open again after it was done. */
export function wentBack(before: Counts | undefined, now: Counts): string[] {
  if (before === undefined) return [];
  const less = GROWING.filter((name) => now[name] < before[name]).map((name) => `${name} went from ${before[name]} to ${now[name]}`);
  const undone = before.status === 'completed' && now.status !== 'completed' ? [`was completed and is ${now.status}`] : [];
  return [...less, ...undone].map((fault) => `order ${now.orderNumber}: of its job ${now.id} ${fault}`);
}

async function look(pool: Pool): Promise<Counts[]> {
  const { rows } = await pool
    .query<Counts>(
      `select job.id, orders.order_number as "orderNumber", job.attempt_no as "attemptNo", job.attempts_spent as "attemptsSpent",
         job.dispatch_no as "dispatchNo", job.status
       from sync_jobs job join orders on orders.vendor_id = job.vendor_id and orders.id = job.order_id`,
    )
    // The database is being killed: the next look sees whatever this one would have.
    .catch(() => ({ rows: [] }));
  return rows;
}
