import { offerJobs } from '@repo/shared/database/delivery/offer-jobs';
import {
  findExpired,
  findExpiredLeases,
  findLongQueued,
  findMissedCallbacks,
  findOfDeregistered,
  releaseSuccessors,
} from '@repo/shared/database/delivery/find-overdue';
import { applyHolds, readVendorStates, type VendorGates } from '@repo/shared/database/delivery/hold-jobs';
import { migrateDatabase } from '@repo/shared/database/migrate';
import { Pool } from 'pg';
import type { BenchStack } from './bench-stack';
import { median, print, printPromise, whole } from './report';

const VENDORS = 100;
const VENDOR_IDS = Array.from({ length: VENDORS }, (_, n) => `v${n}`);
const PENDING = 10_000;
/** As many agents poll as there are vendors, and as many breakers are open: of others, so that all that is due is offered. */
const GATES: VendorGates = {
  offlineAfterS: 300,
  polling: VENDOR_IDS.map((id) => `polling-${id}`),
  breakerOpen: VENDOR_IDS.map((id) => `open-${id}`),
};

/** What the relay's sweep costs beside a million finished jobs and ten thousand that are due. */
export async function benchOutboxGrowth(stack: BenchStack, { rows = 1_000_000, rounds = 20 } = {}): Promise<boolean> {
  const database = await stack.database();
  await migrateDatabase(database);
  const pool = new Pool({ connectionString: database, max: 2 });
  pool.on('error', () => undefined);
  await pool.query(
    `insert into agent_registry (vendor_id, erp_type, mode, agent_url, auth_token_hash, last_heartbeat)
     select 'v' || n, 'Bench', 'push', 'http://127.0.0.1:1', 'x', now() + interval '1 day' from generate_series(0, $1::int - 1) n`,
    [VENDORS],
  );
  await fill(pool, PENDING, 'pending');
  const small = await sweeps(pool, rounds);
  // Statistics of the small table, as they are before the next analyze: the planner must not need better ones.
  await fill(pool, rows, 'completed');
  const large = await sweeps(pool, rounds);
  await pool.query('analyze');
  const analyzed = await sweeps(pool, rounds);
  await pool.end();
  print(`sweep of the relay: ${whole(PENDING)} due jobs of ${VENDORS} vendors, median of ${rounds}`);
  print(`  without finished jobs            ${small.toFixed(1)} ms`);
  print(`  with ${whole(rows)} finished          ${large.toFixed(1)} ms`);
  print(`  the same, with new statistics    ${analyzed.toFixed(1)} ms`);
  return [
    printPromise(`sweep beside ${whole(rows)} finished jobs`, Math.max(large, analyzed), '<', 50, 'ms'),
    printPromise('against the same without them', Math.max(large, analyzed) / small, '<', 2),
  ].every(Boolean);
}

/** Writes orders with a job each that is in this state, straight into the tables, spread over `vendors`. */
export async function fill(pool: Pool, jobs: number, status: 'pending' | 'completed', vendors = VENDOR_IDS): Promise<void> {
  const BATCH = 100_000;
  for (let done = 0; done < jobs; done += BATCH) {
    await pool.query(
      `with placed as (
         insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included, erp_status)
         select ($3::text[])[1 + n % cardinality($3::text[])], $1::text || n, 'C', 1, 1, 1, case when $1 = 'completed' then 'confirmed' else 'pending' end
         from generate_series($4::int, $4::int + $2::int - 1) n returning vendor_id, id)
       insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, attempts_allowed, expires_at, correlation_id, status)
       select vendor_id, id, 'create_order', 1, '{}', 5, now() + interval '7 days', 'bench', $1 from placed`,
      [status, Math.min(BATCH, jobs - done), vendors, done],
    );
  }
}

/** The median time, in milliseconds, of one whole sweep: what it looks for, and a round of offers, which is undone afterwards. */
async function sweeps(pool: Pool, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await applyHolds(pool, await readVendorStates(pool, GATES));
    await findExpiredLeases(pool);
    await findLongQueued(pool, 5_000);
    await findMissedCallbacks(pool);
    await findExpired(pool);
    await findOfDeregistered(pool);
    await releaseSuccessors(pool);
    const offered = await offerJobs(pool, 4, GATES);
    times.push(performance.now() - start);
    if (offered.length !== VENDORS * 4) throw new Error(`${offered.length} jobs were offered`);
    await pool.query(`update sync_jobs set status = 'pending' where status in ('queued', 'processing')`);
  }
  return median(times);
}
