import { useTestDatabase } from '../../../test/support/test-database';
import { readVendorMetrics } from './read-vendor-metrics';

const DAY_S = 86_400;

const test = useTestDatabase();

/** A job that came to be `agoS` seconds ago. */
async function job(vendorId: string, status: string, agoS: number, more: { attempts?: number; latencyMs?: number } = {}): Promise<void> {
  const { attempts = 1, latencyMs = null } = { ...more };
  await test.pool.query(
    `with placed as (
       insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
       values ($1, gen_random_uuid()::text, 'C', 0, 0, 0) returning id)
     insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, payload, attempts_allowed, attempt_no, expires_at,
       correlation_id, created_at, completed_at, lease_until, lease_token)
     select $1, uuidv7(make_interval(secs => -$3::int)), id, 'create_order', $2, 1, '{}', 5, $4, now(), 'c',
       now() - make_interval(secs => $3::int), now() - make_interval(secs => $3::int) + $5::int * interval '1 millisecond', now(), gen_random_uuid()
     from placed`,
    [vendorId, status, agoS, attempts, latencyMs],
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
