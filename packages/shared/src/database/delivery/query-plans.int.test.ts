import type { Pool } from 'pg';
import { addAgent, AGAIN, cancel, claim, DONE, FAILED, GATES, MODES, placeOrder, queue } from '../../../test/support/delivery-fixture';
import { explainPool, type Explained } from '../../../test/support/explain-pool';
import { useTestDatabase } from '../../../test/support/test-database';
import { claimJob } from './claim-job';
import { completeJob } from './complete-job';
import { retryLater } from './end-attempt';
import { failJob } from './fail-job';
import { findExpired, findExpiredLeases, findLongQueued, findMissedCallbacks, findOfDeregistered, releaseSuccessors } from './find-overdue';
import { applyHolds, readVendorStates } from './hold-jobs';
import type { JobReference } from './job-reference';
import { findMarked } from './mark-dead-letters';
import { offerJobs } from './offer-jobs';
import { offerProbe } from './offer-probe';

const FINISHED = 20_000;
/** Pages that one round may touch while there are a few open jobs: a look at the finished ones takes a thousand and more. */
const MOST_PAGES = 400;
/** Rows of sync_jobs that one round may look at: about as many as there are open ones, a few times. */
const MOST_ROWS = 300;

/** Long lists: what is looked up in them must not be looked up once a job. */
const others = Array.from({ length: 500 }, (_, n) => `other${n}`);
const gates = { ...GATES, polling: others, breakerOpen: others };

const test = useTestDatabase();
let job: JobReference;
let queued: JobReference & { dispatchNo: number };

const finish = `insert into sync_jobs (vendor_id, order_id, operation, status, sequence, payload, attempts_allowed, attempt_no,
      expires_at, correlation_id, completed_at)
    select orders.vendor_id, orders.id, 'create_order', case when random() < 0.9 then 'completed' else 'failed' end, 1, '{}', 5, 1, now(), 'c', now()
    from orders where not exists (select from sync_jobs where order_id = orders.id)`;
const deadLetters = `insert into dead_letter_queue (vendor_id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count,
      resolved, resolved_at, resolution)
    select vendor_id, id, operation, '{}', 'rejected', 'r', 1, true, now(), 'resolved' from sync_jobs where status = 'failed'`;

/** What the planner was told last. */
const STATISTICS: Record<string, { before: string[]; after: string[] }> = {
  'no statistics at all': { before: [], after: [] },
  'statistics of an empty table': { before: ['vacuum analyze sync_jobs, orders, dead_letter_queue'], after: [] },
  'statistics of a time when every job was open': {
    before: [
      `insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
       select 'v' || n % 20, 'O' || n, 'C', 0, 0, 0 from generate_series(1, 2000) n`,
      `insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, attempts_allowed, expires_at, correlation_id)
       select vendor_id, id, 'create_order', 1, '{}', 5, now() + interval '1 day', 'c' from orders`,
      'analyze sync_jobs, orders, dead_letter_queue',
      `update sync_jobs set status = 'completed'`,
    ],
    after: [],
  },
  'true statistics': { before: [], after: ['analyze sync_jobs, orders, dead_letter_queue'] },
};

describe.each(Object.entries(STATISTICS))('beside many finished jobs, with %s', (_name, { before, after }) => {
  beforeAll(async () => {
    const { pool } = test;
    await pool.query('truncate orders, order_items, sync_jobs, sync_job_attempts, dead_letter_queue, agent_registry cascade');
    for (const table of ['sync_jobs', 'orders', 'dead_letter_queue'])
      await pool.query(`alter table ${table} set (autovacuum_enabled = false)`);
    for (const statement of before) await pool.query(statement);
    await pool.query(
      `insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included, erp_status)
       select 'v' || n % 20, 'F' || n, 'C', 0, 0, 0, 'confirmed' from generate_series(1, ${FINISHED}) n`,
    );
    await pool.query(finish);
    await pool.query(deadLetters);
    for (let n = 0; n < 20; n++) await addAgent(pool, `v${n}`);
    for (const vendorId of ['v1', 'v1', 'v2', 'v3', 'v19']) await placeOrder(pool, vendorId);
    for (const vendorId of ['v1', 'v4']) {
      job = await placeOrder(pool, vendorId);
      await claim(pool, job);
      await cancel(test.database, job.orderId);
    }
    const waiting = await placeOrder(pool, 'v5');
    queued = { ...waiting, dispatchNo: await queue(pool, waiting) };
    await pool.query(
      `update sync_jobs set status = 'awaiting_callback', lease_token = null, callback_deadline_at = now() - interval '1 s' where order_id = $1`,
      [(await claimed('v6')).orderId],
    );
    await pool.query(`update sync_jobs set held_reason = 'agent_unauthorized' where order_id = $1`, [
      (await placeOrder(pool, 'v7')).orderId,
    ]);
    await pool.query(`update sync_jobs set held_reason = 'breaker_open' where order_id = $1`, [(await placeOrder(pool, 'v9')).orderId]);
    await pool.query(`update agent_registry set deregistered_at = now() where vendor_id = 'v8'`);
    await placeOrder(pool, 'v8');
    for (const statement of after) await pool.query(statement);
  });

  async function claimed(vendorId: string): Promise<JobReference> {
    const reference = await placeOrder(test.pool, vendorId);
    await claim(test.pool, reference);
    return reference;
  }

  const explain = async (work: (pool: Pool) => Promise<unknown>): Promise<Explained> => {
    const { pool, explained } = explainPool(test.pool);
    // The first look at an index also passes over what died there before.
    await work(pool);
    await work(pool);
    const [, second] = explained;
    if (second === undefined) throw new Error('nothing was explained');
    return second;
  };

  it.each<[string, (pool: Pool) => Promise<unknown>, string[] | undefined]>([
    ['offerJobs', (pool) => offerJobs(pool, 4, gates), ['due', 'in_flight']],
    ['readVendorStates', (pool) => readVendorStates(pool, gates), ['due', 'held']],
    ['findExpiredLeases', findExpiredLeases, ['in_flight']],
    ['findLongQueued', (pool) => findLongQueued(pool, 0), ['in_flight']],
    ['findMissedCallbacks', findMissedCallbacks, ['awaiting']],
    ['findExpired', findExpired, ['expiring']],
    ['findOfDeregistered', findOfDeregistered, undefined],
    ['releaseSuccessors', releaseSuccessors, ['held']],
    ['offerProbe', (pool) => offerProbe(pool, 'v7', 'agent_unauthorized'), ['held']],
    ['offerProbe behind a breaker', (pool) => offerProbe(pool, 'v9', 'breaker_open'), ['held', 'in_flight']],
    ['findMarked', (pool) => findMarked(pool, 500), undefined],
    ['applyHolds', async (pool) => applyHolds(pool, await readVendorStates(test.pool, { ...GATES, offlineAfterS: 1e-9 })), ['due', 'held']],
    ['claimJob', (pool) => claimJob(pool, queued, { token: queued.jobId, durationMs: 1 }, MODES), undefined],
    ['completeJob', (pool) => completeJob(pool, job, DONE), undefined],
    ['failJob', (pool) => failJob(pool, job, { sentAttempt: 1 }, FAILED), undefined],
    ['retryLater', (pool) => retryLater(pool, job, { sentAttempt: 1 }, AGAIN), undefined],
  ])('%s does not read them', async (_what, work, indexes) => {
    const did = await explain(work);
    expect(did.wholeTables.filter((table) => table !== 'agent_registry')).toEqual([]);
    expect(did.looked('sync_jobs')).toBeLessThanOrEqual(MOST_ROWS);
    expect(did.looked('dead_letter_queue')).toBeLessThanOrEqual(MOST_ROWS);
    expect(did.pages).toBeLessThanOrEqual(MOST_PAGES);
    if (indexes !== undefined) expect(did.indexes('sync_jobs')).toEqual(expect.arrayContaining(indexes.map((name) => `sync_jobs_${name}`)));
  });
});
