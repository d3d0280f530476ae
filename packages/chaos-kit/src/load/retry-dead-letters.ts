import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { PlannedOrder } from './draw-load';
import type { HubClient } from './hub-client';

const LOOK_EVERY_MS = 700;

/** Ops at their desk: until `signal` says that the day is over, they retry the dead letters of some orders. Gives how many. */
export async function retryDeadLetters(
  client: HubClient,
  pool: Pool,
  planned: readonly PlannedOrder[],
  signal: AbortSignal,
): Promise<number> {
  const wanted = new Set(planned.filter(({ retryDeadLetter }) => retryDeadLetter).map(({ orderNumber }) => orderNumber));
  let retried = 0;
  while (!signal.aborted) {
    for (const { id, orderNumber } of await openLetters(pool)) {
      if (!wanted.has(orderNumber)) continue;
      const { status } = await client.ask('POST', `/api/admin/dlq/${id}/retry`);
      if (status === 202) retried += 1;
      // A callback, or an earlier try of this, was faster.
      else if (status !== 409) throw new Error(`retrying a dead letter of ${orderNumber} gave ${status}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return retried;
}

async function openLetters(pool: Pool): Promise<{ id: string; orderNumber: string }[]> {
  const { rows } = await pool
    .query<{ id: string; orderNumber: string }>(
      `select letter.id, orders.order_number as "orderNumber" from dead_letter_queue letter
       join sync_jobs job on job.vendor_id = letter.vendor_id and job.id = letter.original_job_id
       join orders on orders.vendor_id = job.vendor_id and orders.id = job.order_id
       where not letter.resolved`,
    )
    // The database is being killed: there is nothing to see now.
    .catch(() => ({ rows: [] }));
  return rows;
}
