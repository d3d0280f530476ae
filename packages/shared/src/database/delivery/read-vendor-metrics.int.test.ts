import { explainPool } from '../../../test/support/explain-pool';
import { useTestDatabase } from '../../../test/support/test-database';
import { readVendorMetrics } from './read-vendor-metrics';

const DAY_S = 86_400;

const test = useTestDatabase();

/** A job that came to be `agoS` seconds ago. */
async function job(
  vendorId: string,
  status: string,
  agoS: number,
  more: { attempts?: number; latencyMs?: number; held?: string } = {},
): Promise<void> {
  const { attempts = 1, latencyMs = null, held = null } = more;
  await test.pool.query(
    `with placed as (
       insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
       values ($1, gen_random_uuid()::text, 'C', 0, 0, 0) returning id)
     insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, payload, attempts_allowed, attempt_no, expires_at,
       correlation_id, created_at, completed_at, lease_until, lease_token, held_reason, callback_deadline_at)
     select $1, uuidv7(make_interval(secs => -$3::int)), id, 'create_order', $2, 1, '{}', 5, $4, now(), 'c',
       now() - make_interval(secs => $3::int), now() - make_interval(secs => $3::int) + $5::int * interval '1 millisecond', now(), gen_random_uuid(), $6, now()
     from placed`,
    [vendorId, status, agoS, attempts, latencyMs, held],
  );
}

it('is zeros and nulls for a vendor without jobs', async () => {
  expect(await readVendorMetrics(test.pool, 'nobody', DAY_S)).toEqual({
    total: 0,
    pending: 0,
    completed: 0,
    failed: 0,
    successRate: null,
    avgLatencyMs: null,
    p95LatencyMs: null,
    retryRate: null,
    oldestPendingAgeSeconds: null,
  });
});

it('counts what came to be within the window, of this vendor, and looks at all open jobs for the oldest', async () => {
  await job('v1', 'completed', 60, { latencyMs: 100 });
  await job('v1', 'completed', 120, { latencyMs: 300, attempts: 3 });
  await job('v1', 'failed', 180, { attempts: 5 });
  await job('v1', 'processing', 240);
  await job('v1', 'pending', 300, { attempts: 0 });
  await job('v1', 'pending', 2 * DAY_S, { attempts: 0 });
  await job('v1', 'completed', 2 * DAY_S, { latencyMs: 9_000 });
  await job('v2', 'failed', 60);
  const { oldestPendingAgeSeconds, ...found } = await readVendorMetrics(test.pool, 'v1', DAY_S);
  expect(found).toEqual({
    total: 5,
    pending: 2,
    completed: 2,
    failed: 1,
    successRate: 0.6667,
    avgLatencyMs: 200,
    p95LatencyMs: 290,
    retryRate: 0.5,
  });
  expect(Math.round((oldestPendingAgeSeconds ?? 0) / 60)).toBe((2 * DAY_S) / 60);
});

it('counts a job of each state, and looks for the oldest among all that are open', async () => {
  const states = { completed: 60, failed: 70, cancelled: 80, queued: 90, processing: 100, awaiting_callback: 110, pending: 120 };
  for (const [status, agoS] of Object.entries(states)) {
    await job('v3', status, agoS, { attempts: status === 'cancelled' ? 0 : 2, ...(status === 'completed' ? { latencyMs: 50 } : {}) });
    await job('v3', status, 2 * DAY_S);
  }
  await job('v3', 'pending', 130, { attempts: 0, held: 'agent_offline' });
  const oldest = async () => Math.round((await readVendorMetrics(test.pool, 'v3', DAY_S)).oldestPendingAgeSeconds ?? 0);
  expect(await readVendorMetrics(test.pool, 'v3', DAY_S)).toMatchObject({
    total: 8,
    pending: 5,
    completed: 1,
    failed: 1,
    successRate: 0.5,
    avgLatencyMs: 50,
    p95LatencyMs: 50,
    retryRate: 1,
  });
  for (const status of ['queued', 'processing', 'awaiting_callback', 'pending']) {
    expect(Math.round((await oldest()) / 60)).toBe((2 * DAY_S) / 60);
    await test.pool.query(`delete from sync_jobs where vendor_id = 'v3' and status = $1 and created_at < now() - interval '1 day'`, [
      status,
    ]);
  }
  expect(Math.abs((await oldest()) - 130)).toBeLessThan(30);
});

it('reads of what has ended an index alone, and of the table only what is open', async () => {
  const { client, pool } = test;
  await client.query('alter table sync_jobs set (autovacuum_enabled = false)');
  for (let n = 0; n < 5; n++) await job('m1', 'pending', 60);
  // A vacuum leaves out what is not on disk yet.
  await client.query('set synchronous_commit = on');
  await client.query(
    `insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
     select 'm' || n % 4, 'O' || n, 'C', 0, 0, 0 from generate_series(1, 8000) as n`,
  );
  await client.query(
    `insert into sync_jobs (vendor_id, order_id, operation, status, sequence, payload, attempts_allowed, attempt_no, expires_at, correlation_id, completed_at)
     select vendor_id, id, 'create_order', case when n % 20 = 0 then 'failed' else 'completed' end, 1, '{}', 5, 1, now(), 'c', now()
     from (select *, row_number() over (order by id) as n from orders where order_number like 'O%') as orders`,
  );
  await client.query('vacuum analyze sync_jobs');
  const { pool: explaining, explained } = explainPool(pool);
  // It gives no rows, so there is nothing to make a reply of.
  await expect(readVendorMetrics(explaining, 'm1', DAY_S)).rejects.toThrow(TypeError);
  const [did] = explained;
  expect(did?.wholeTables).toEqual([]);
  expect(did?.indexes('sync_jobs')).toContain('sync_jobs_finished');
  // Those that wait for a callback have no index of their vendor's.
  expect(did?.fetched('sync_jobs')).toBeLessThan(50);
});
