import type { Pool } from 'pg';
import { alongIndexes } from './along-indexes';
import { OPEN_STATES } from './transitions';

/** How much is under way, and how much waits for a person. */
export interface DeliveryCounts {
  /** By status; those that have not come to their end. */
  jobs: Record<OpenState, number>;
  /** Since the oldest of each was placed, whatever it waits for; 0 where there is none. */
  oldestAgeSeconds: Record<OpenState, number>;
  deadLetters: number;
}

type OpenState = (typeof OPEN_STATES)[number];

const LOOK = 'count(*)::int as n, extract(epoch from now() - min(created_at))::float8 as age from';
// One look a partial index: finished jobs are never looked at.
const COUNT = `
  select 'pending' as what, ${LOOK} sync_jobs where status = 'pending' and held_reason is null
  union all select 'pending', ${LOOK} sync_jobs where status = 'pending' and held_reason is not null
  union all select status, ${LOOK} sync_jobs where status in ('queued', 'processing') group by status
  union all select 'awaiting_callback', ${LOOK} sync_jobs where status = 'awaiting_callback'
  union all select 'dead_letters', ${LOOK} dead_letter_queue where not resolved`;

/** Counts open jobs and open dead letters. */
export async function countDelivery(pool: Pool): Promise<DeliveryCounts> {
  const rows = await alongIndexes(
    pool,
    async (client) => (await client.query<{ what: string; n: number; age: number | null }>(COUNT)).rows,
  );
  const of = (name: string) => rows.filter(({ what }) => what === name);
  const count = (name: string) => of(name).reduce((sum, { n }) => sum + n, 0);
  const age = (name: string) => of(name).reduce((oldest, row) => Math.max(oldest, row.age ?? 0), 0);
  const byState = (value: (name: string) => number) =>
    Object.fromEntries(OPEN_STATES.map((state) => [state, value(state)])) as Record<OpenState, number>;
  return { jobs: byState(count), oldestAgeSeconds: byState(age), deadLetters: count('dead_letters') };
}
