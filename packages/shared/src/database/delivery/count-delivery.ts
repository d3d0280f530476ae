import type { Pool } from 'pg';
import { alongIndexes } from './along-indexes';
import { OPEN_STATES } from './transitions';

/** How much is under way, and how much waits for a person. */
export interface DeliveryCounts {
  /** Every pair of a status and an operation, with what has not come to its end. */
  jobs: { status: OpenState; operation: Operation; jobs: number }[];
  /** Since the oldest of each was placed, whatever it waits for; 0 where there is none. */
  oldestAgeSeconds: Record<OpenState, number>;
  deadLetters: number;
}

type OpenState = (typeof OPEN_STATES)[number];
type Operation = (typeof OPERATIONS)[number];

const OPERATIONS = ['create_order', 'cancel_order'] as const;
const LOOK = 'operation, count(*)::int as n, extract(epoch from now() - min(created_at))::float8 as age from';
// One look a partial index: finished jobs are never looked at.
const COUNT = `
  select 'pending' as what, ${LOOK} sync_jobs where status = 'pending' and held_reason is null group by operation
  union all select 'pending', ${LOOK} sync_jobs where status = 'pending' and held_reason is not null group by operation
  union all select status, ${LOOK} sync_jobs where status in ('queued', 'processing') group by status, operation
  union all select 'awaiting_callback', ${LOOK} sync_jobs where status = 'awaiting_callback' group by operation
  union all select 'dead_letters', '', count(*)::int, 0 from dead_letter_queue where not resolved`;

interface Found {
  what: string;
  operation: string;
  n: number;
  age: number;
}

/** Counts open jobs and open dead letters. */
export async function countDelivery(pool: Pool): Promise<DeliveryCounts> {
  const rows = await alongIndexes(pool, async (client) => (await client.query<Found>(COUNT)).rows);
  const count = (found: readonly Found[]) => found.reduce((sum, { n }) => sum + n, 0);
  const of = (name: string) => rows.filter(({ what }) => what === name);
  return {
    jobs: OPEN_STATES.flatMap((status) =>
      OPERATIONS.map((operation) => ({ status, operation, jobs: count(of(status).filter((row) => row.operation === operation)) })),
    ),
    oldestAgeSeconds: Object.fromEntries(
      OPEN_STATES.map((status) => [status, of(status).reduce((oldest, { age }) => Math.max(oldest, age), 0)]),
    ) as Record<OpenState, number>,
    deadLetters: count(of('dead_letters')),
  };
}
