import { useTestDatabase } from '../../../test/support/test-database';
import { computeRoot, readRoots } from '../ingest/digest-root';
import { cleanParked, countDueParked } from './clean-parked';
import { cleanTable, countDue } from './clean-table';
import { RETENTION_STEPS, type RetentionStep } from './retention-steps';

const test = useTestDatabase();
const run = (text: string, values: unknown[] = []) => test.pool.query(text, values);
const step = (table: RetentionStep['table']) => RETENTION_STEPS.find((each) => each.table === table) as RetentionStep;

/** A job that came to be and ended so many days ago, with one attempt; `letter` leaves a dead letter that was resolved then, or is open. */
async function job(name: string, status: string, daysAgo: number, letter?: 'resolved' | 'open'): Promise<void> {
  await run(
    `with placed as (
       insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
       values ('v1', $1, 'C', 0, 0, 0) returning id),
     job as (
       insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, payload, attempts_allowed, attempt_no, expires_at,
         correlation_id, created_at, completed_at)
       select 'v1', uuidv7(make_interval(days => -$3::int)), id, 'create_order', $2, 1, '{}', 5, 1, now() + interval '1 year', $1,
         now() - make_interval(days => $3::int), case when $2 = 'pending' then null else now() - make_interval(days => $3::int) end
       from placed returning vendor_id, id),
     attempt as (insert into sync_job_attempts (vendor_id, job_id, attempt, started_at) select vendor_id, id, 1, now() from job)
     insert into dead_letter_queue (vendor_id, id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count, resolved,
       resolved_at, resolution)
     select vendor_id, uuidv7(make_interval(days => -$3::int)), id, 'create_order', '{}', 'rejected', 'r', 1, $4 = 'resolved',
       case when $4 = 'resolved' then now() - make_interval(days => $3::int) end, case when $4 = 'resolved' then 'resolved' end
     from job where $4::text is not null`,
    [name, status, daysAgo, letter ?? null],
  );
}

const jobsLeft = async () =>
  (await run('select correlation_id as name from sync_jobs order by name')).rows.map(({ name }) => name as string);

it('removes ended jobs with their attempts, never an open one, and a failed one only after its dead letter', async () => {
  await job('completed-old', 'completed', 31);
  await job('cancelled-old', 'cancelled', 31);
  await job('completed-new', 'completed', 29);
  await job('open-old', 'pending', 400);
  await job('dead-old', 'failed', 400, 'open');
  await job('resolved-old', 'failed', 31, 'resolved');
  expect(await countDue(test.pool, step('sync_jobs'), 30)).toEqual({ sync_jobs: 2, sync_job_attempts: 2 });
  expect(await cleanTable(test.pool, step('sync_jobs'), 30, 5_000)).toEqual({ sync_jobs: 2, sync_job_attempts: 2 });
  expect(await jobsLeft()).toEqual(['completed-new', 'dead-old', 'open-old', 'resolved-old']);
  expect(await cleanTable(test.pool, step('dead_letter_queue'), 30, 5_000)).toEqual({ dead_letter_queue: 1 });
  expect(await cleanTable(test.pool, step('sync_jobs'), 30, 5_000)).toEqual({ sync_jobs: 1, sync_job_attempts: 1 });
  expect(await jobsLeft()).toEqual(['completed-new', 'dead-old', 'open-old']);
});

it('removes no more at once than it is told, and leaves to others what they have locked', async () => {
  for (let n = 0; n < 3; n++) await job(`many-${n}`, 'completed', 50 - n);
  const { client } = test;
  await client.query('begin');
  await client.query(`select from sync_jobs where correlation_id = 'many-0' for update`);
  expect(await cleanTable(test.pool, step('sync_jobs'), 30, 1)).toMatchObject({ sync_jobs: 1 });
  await client.query('rollback');
  expect(await jobsLeft()).toEqual(expect.arrayContaining(['many-0', 'many-2']));
  expect(await jobsLeft()).not.toContain('many-1');
});

it('removes snapshots that are closed and whose keys are gone, never an open one', async () => {
  await run(
    `insert into snapshots (vendor_id, id, entity, status, started_at, expires_at, closed_at, has_keys)
     select 'v1', uuidv7(make_interval(days => coalesce(-ago, 0) - 1)), 'items', status, now(), now(), now() - make_interval(days => ago), has_keys
     from (values ('committed', 31, false), ('expired', 31, true), ('superseded', 29, false), ('open', null, true)) as each (status, ago, has_keys)`,
  );
  expect(await cleanTable(test.pool, step('snapshots'), 30, 5_000)).toEqual({ snapshots: 1 });
  expect((await run('select status from snapshots order by 1')).rows).toEqual([
    { status: 'expired' },
    { status: 'open' },
    { status: 'superseded' },
  ]);
});

it('removes alerts that are over, never an open one', async () => {
  await run(
    `insert into alerts (kind, subject, detail, raised_at, cleared_at)
     select 'clock_skew', subject, 'd', now() - interval '1 year', now() - make_interval(days => ago)
     from (values ('over', 31), ('over-lately', 29), ('open', null)) as each (subject, ago)`,
  );
  expect(await cleanTable(test.pool, step('alerts'), 30, 5_000)).toEqual({ alerts: 1 });
  expect((await run('select subject from alerts order by 1')).rows).toEqual([{ subject: 'open' }, { subject: 'over-lately' }]);
});

it('removes runs of schedules, never what says up to when a schedule has done its ticks', async () => {
  await run(
    `insert into schedule_runs (id, schedule, tick_at, instance, finished_at, outcome)
     select uuidv7(make_interval(days => -ago)), schedule, now() - make_interval(days => ago), 'i',
       case when outcome is not null then now() - make_interval(days => ago) end, outcome
     from (values ('daily', 40, 'first_seen'), ('daily', 39, 'succeeded'), ('daily', 2, 'failed'), ('daily', 1, 'succeeded'), ('rare', 100, 'succeeded'),
       ('rare', 90, 'interrupted'), ('at-work', 40, null), ('at-work', 2, 'succeeded'), ('new', 50, 'first_seen')) as each (schedule, ago, outcome)`,
  );
  expect(await cleanTable(test.pool, step('schedule_runs'), 30, 5_000)).toEqual({ schedule_runs: 2 });
  const { rows } = await run(`select schedule, outcome from schedule_runs order by schedule, tick_at`);
  expect(rows.map(({ schedule, outcome }) => `${schedule} ${outcome}`)).toEqual([
    'at-work null',
    'at-work succeeded',
    'daily failed',
    'daily succeeded',
    'new first_seen',
    'rare succeeded',
    'rare interrupted',
  ]);
});

it('removes tombstones, stock before what it refers to', async () => {
  const old = `now() - interval '91 days'`;
  await run(
    `insert into items (vendor_id, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, content_hash, last_synced_at,
       touched_at, updated_at, change_seq, deleted_at, key_hash, row_digest)
     select 'v1', sku, 'n', 'u', 'v', 'u', 'u', 'v', 1, 'h', now(), now(), now(), 1, deleted, 0, 0
     from (values ('gone', ${old}), ('gone-with-stock', ${old}), ('lately', now() - interval '89 days'), ('live', null)) as each (sku, deleted)`,
  );
  await run(
    `insert into warehouses (vendor_id, erp_warehouse_id, code, name, content_hash, last_synced_at, touched_at, updated_at, change_seq, deleted_at, key_hash, row_digest)
     values ('v1', 'w', 'c', 'n', 'h', now(), now(), now(), 1, ${old}, 0, 0)`,
  );
  await run(
    `insert into stock (vendor_id, erp_warehouse_id, sku, real_stock, virtual_stock, reserved_quantity, content_hash, last_synced_at, touched_at, updated_at,
       change_seq, deleted_at, key_hash, row_digest)
     values ('v1', 'w', 'gone-with-stock', 1, 1, 1, 'h', now(), now(), now(), 1, ${old}, 0, 0)`,
  );
  expect(await cleanTable(test.pool, step('items'), 90, 5_000)).toEqual({ items: 1 });
  expect(await cleanTable(test.pool, step('warehouses'), 90, 5_000)).toEqual({ warehouses: 0 });
  expect(await cleanTable(test.pool, step('stock'), 90, 5_000)).toEqual({ stock: 1 });
  expect(await cleanTable(test.pool, step('items'), 90, 5_000)).toEqual({ items: 1 });
  expect(await cleanTable(test.pool, step('warehouses'), 90, 5_000)).toEqual({ warehouses: 1 });
  expect((await run('select sku from items order by sku')).rows).toEqual([{ sku: 'lately' }, { sku: 'live' }]);
});

it('takes parked rows out of the root that it keeps, and lets the live row of their key count again', async () => {
  const park = (key: string, days: number) =>
    run(
      `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for, first_seen_at, last_seen_at)
       values ('v9', 'items', $1, '{}', 'h2', now(), 0, $2, 'unmapped_unit', '{unit:X}', now() - interval '1 year', now() - make_interval(days => $3::int))`,
      [key, -days * 7, days],
    );
  await run(
    `insert into items (vendor_id, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, content_hash, last_synced_at,
       touched_at, updated_at, change_seq, key_hash, row_digest) values ('v9', 'both', 'n', 'u', 'v', 'u', 'u', 'v', 1, 'h', now(), now(), now(), 1, 0, -5)`,
  );
  await park('both', 91);
  await park('parked-old', 92);
  await park('parked-new', 89);
  const before = await computeRoot(test.pool, 'v9', 'items');
  await run(`insert into sync_digests (vendor_id, entity, count, digest, folded_at) values ('v9', 'items', $1, $2, now())`, [
    before.count,
    BigInt(`0x${before.digest}`).toString(),
  ]);
  expect(await countDueParked(test.pool, 90)).toBe(2);
  expect(await cleanParked(test.pool, 90, 5_000)).toBe(2);
  expect(await cleanParked(test.pool, 90, 5_000)).toBe(0);
  const { count, digest } = await computeRoot(test.pool, 'v9', 'items');
  expect(count).toBe(2);
  expect((await readRoots(test.pool, 'v9')).items).toEqual({ count, digest });
});
