import { useTestDatabase } from '../../../test/support/test-database';
import { countDelivery } from './count-delivery';

const test = useTestDatabase();

/** A job that was placed `ageS` seconds ago, in an order of its own. */
async function job(operation: string, status: string, ageS: number, heldReason: string | null = null): Promise<void> {
  await test.pool.query(
    `with placed as (
       insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
       values ('v1', gen_random_uuid()::text, 'C', 0, 0, 0) returning id)
     insert into sync_jobs (vendor_id, order_id, operation, status, held_reason, sequence, payload, attempts_allowed, expires_at,
       correlation_id, created_at, lease_until, lease_token, callback_deadline_at)
     select 'v1', id, $1, $2, $3, 1, '{}', 5, now(), 'c', now() - make_interval(secs => $4::int), now(), gen_random_uuid(), now()
     from placed`,
    [operation, status, heldReason, ageS],
  );
}

it('counts what is open by status and operation, says how old the oldest is, and leaves out what is over', async () => {
  const empty = await countDelivery(test.pool);
  expect(empty.jobs).toHaveLength(8);
  expect(new Set(empty.jobs.map(({ jobs }) => jobs))).toEqual(new Set([0]));
  await job('create_order', 'pending', 60);
  await job('create_order', 'pending', 3_600, 'breaker_open');
  await job('cancel_order', 'pending', 120);
  await job('create_order', 'queued', 30);
  await job('cancel_order', 'awaiting_callback', 10);
  for (const status of ['completed', 'failed', 'cancelled']) await job('create_order', status, 9_000);
  const { jobs, oldestAgeSeconds, deadLetters } = await countDelivery(test.pool);
  expect(jobs.filter(({ jobs: open }) => open > 0)).toEqual([
    { status: 'pending', operation: 'create_order', jobs: 2 },
    { status: 'pending', operation: 'cancel_order', jobs: 1 },
    { status: 'queued', operation: 'create_order', jobs: 1 },
    { status: 'awaiting_callback', operation: 'cancel_order', jobs: 1 },
  ]);
  const minutes = Object.fromEntries(Object.entries(oldestAgeSeconds).map(([status, age]) => [status, Math.floor(age / 60)]));
  expect(minutes).toEqual({ pending: 60, queued: 0, processing: 0, awaiting_callback: 0 });
  expect(deadLetters).toBe(0);
});
