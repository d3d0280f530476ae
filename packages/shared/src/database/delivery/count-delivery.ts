import type { Pool } from 'pg';
import { alongIndexes } from './along-indexes';
import { OPEN_STATES } from './transitions';

/** How much is under way, and how much waits for a person. */
export interface DeliveryCounts {
  /** By status; those that have not come to their end. */
  jobs: Record<(typeof OPEN_STATES)[number], number>;
  deadLetters: number;
}

// One count a partial index: finished jobs are never looked at.
const COUNT = `
  select 'pending' as what, count(*)::int as n from sync_jobs where status = 'pending' and held_reason is null
  union all select 'pending', count(*)::int from sync_jobs where status = 'pending' and held_reason is not null
  union all select status, count(*)::int from sync_jobs where status in ('queued', 'processing') group by status
  union all select 'awaiting_callback', count(*)::int from sync_jobs where status = 'awaiting_callback'
  union all select 'dead_letters', count(*)::int from dead_letter_queue where not resolved`;

/** Counts open jobs and open dead letters. */
export async function countDelivery(pool: Pool): Promise<DeliveryCounts> {
  const rows = await alongIndexes(pool, async (client) => (await client.query<{ what: string; n: number }>(COUNT)).rows);
  const of = (name: string) => rows.reduce((sum, { what, n }) => sum + (what === name ? n : 0), 0);
  return {
    jobs: { pending: of('pending'), queued: of('queued'), processing: of('processing'), awaiting_callback: of('awaiting_callback') },
    deadLetters: of('dead_letters'),
  };
}
