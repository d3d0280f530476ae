import { addAgent, cancel, claim, jobsOf, makeDeadLetter, placeOrder, queue, readJob } from '../../test/support/delivery-fixture';
import { useTestDatabase } from '../../test/support/test-database';
import { CHANGE_SEQ } from './change-sequence';
import { ensureHubState } from './hub-state';

const test = useTestDatabase();
const run = (text: string, values: unknown[] = []) => test.pool.query(text, values);
const next = async () => BigInt((await run(`select ${CHANGE_SEQ}::text as next`)).rows[0]?.next ?? '0');
const audited = async () => (await run(`select actor, after from audit_log where action = 'restore.detected' order by id`)).rows;

beforeAll(() => addAgent(test.pool, 'v1'));
beforeEach(() => run('truncate orders, sync_jobs, dead_letter_queue, audit_log, warehouses cascade'));

it('changes nothing in the database that it knows, and learns its place when it knew only the cluster', async () => {
  await placeOrder(test.pool, 'v1');
  const state = async () => (await run('select * from hub_state')).rows;
  const before = await state();
  expect(await ensureHubState(test.pool)).toBeUndefined();
  await run('update hub_state set home = null');
  expect(await ensureHubState(test.pool)).toBeUndefined();
  expect(await state()).toEqual(before);
  expect(await audited()).toEqual([]);
});

it.each([
  ['into another cluster', `update hub_state set system_identifier = 'another'`, false],
  ['to a point in time of its own cluster', `update hub_state set home = '00000000/' || split_part(home, '/', 2)`, false],
  ['from a dump into its own cluster', `update hub_state set home = split_part(home, '/', 1) || '/1'`, false],
  ['as a copy of its files, as an admin says', 'select 1', true],
])('goes on with higher change numbers after a restore %s, once', async (_how, restore, restored) => {
  const highest = (await next()) + 1_000_000n;
  await run(
    `insert into warehouses (vendor_id, erp_warehouse_id, code, name, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest)
     values ('v', 'w', 'c', 'n', 'h', now(), now(), now(), $1, 0, 0)`,
    [highest.toString()],
  );
  await run(restore);
  expect(
    (await Promise.all([1, 2, 3].map(() => ensureHubState(test.pool, { restored })))).filter((each) => each !== undefined),
  ).toHaveLength(restored ? 3 : 1);
  expect(await next()).toBeGreaterThan(highest);
  expect(await ensureHubState(test.pool)).toBeUndefined();
});

it('asks after every job that may have been done since the backup, under numbers that nobody has used', async () => {
  const untried = await placeOrder(test.pool, 'v1');
  const offered = await placeOrder(test.pool, 'v1');
  await queue(test.pool, offered);
  const tried = await placeOrder(test.pool, 'v1');
  await claim(test.pool, tried);
  await cancel(test.database, tried.orderId);
  const dead = await placeOrder(test.pool, 'v1');
  await makeDeadLetter(test.pool, dead);
  const done = await placeOrder(test.pool, 'v1');
  await run(`update sync_jobs set status = 'completed' where id = $1`, [done.jobId]);

  expect(await ensureHubState(test.pool, { restored: true })).toEqual({ jobs: 5 });
  const asked = { status: 'pending', must_ask: true, lease_token: null };
  expect(await readJob(test.pool, untried)).toMatchObject({ ...asked, attempt_no: 1_000, sent_attempt: 1_000, attempts_spent: 0 });
  expect(await readJob(test.pool, offered)).toMatchObject({ ...asked, attempt_no: 1_000, dispatch_no: 1_001 });
  expect(await jobsOf(test.pool, tried.orderId)).toMatchObject([
    { ...asked, attempt_no: 1_001, sent_attempt: 1_001, held_reason: null },
    { ...asked, operation: 'cancel_order', held_reason: 'earlier_job' },
  ]);
  expect(await readJob(test.pool, dead)).toMatchObject({ status: 'failed', must_ask: true, attempt_no: 1_001 });
  expect(await readJob(test.pool, done)).toMatchObject({ status: 'completed', must_ask: false, attempt_no: 0 });
  expect(await audited()).toEqual([{ actor: 'hub', after: { jobsToAskAfter: 5 } }]);
});

it('does not cancel at once what may have reached the ERP since the backup', async () => {
  const job = await placeOrder(test.pool, 'v1');
  await ensureHubState(test.pool, { restored: true });
  expect(await cancel(test.database, job.orderId)).toBe('cancelling');
});
