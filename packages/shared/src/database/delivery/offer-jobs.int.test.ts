import {
  addAgent,
  cancel,
  claim,
  complete,
  FAILED,
  GATES,
  jobsOf,
  MODES,
  placeOrder,
  readJob,
} from '../../../test/support/delivery-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { claimJob } from './claim-job';
import { failJob } from './fail-job';
import type { VendorGates } from './hold-jobs';
import type { JobReference } from './job-reference';
import { offerJobs, type OfferedJob } from './offer-jobs';
import { offerProbe } from './offer-probe';

const test = useTestDatabase();
beforeEach(() => test.pool.query('truncate orders, order_items, sync_jobs, sync_job_attempts, dead_letter_queue, agent_registry cascade'));

const offer = (perVendor: number, gates: Partial<VendorGates> = {}) => offerJobs(test.pool, perVendor, { ...GATES, ...gates });
const counted = (offered: readonly { vendorId: string }[]) => {
  const counts: Record<string, number> = {};
  for (const { vendorId } of offered) counts[vendorId] = (counts[vendorId] ?? 0) + 1;
  return counts;
};

async function place(vendorId: string, count: number): Promise<JobReference[]> {
  const placed: JobReference[] = [];
  for (let n = 0; n < count; n++) placed.push(await placeOrder(test.pool, vendorId));
  return placed;
}

describe('a round of offers', () => {
  it("takes every vendor's first job, then every vendor's second, the oldest first", async () => {
    const jobs: Record<string, JobReference[]> = {};
    for (const [vendorId, count] of Object.entries({ many: 6, few: 2, one: 1 })) {
      await addAgent(test.pool, vendorId);
      jobs[vendorId] = await place(vendorId, count);
    }
    const offered = await offer(4);
    expect(counted(offered)).toEqual({ many: 4, few: 2, one: 1 });
    expect(
      offered
        .slice(0, 3)
        .map(({ vendorId }) => vendorId)
        .sort(),
    ).toEqual(['few', 'many', 'one']);
    expect(
      offered
        .slice(3, 5)
        .map(({ vendorId }) => vendorId)
        .sort(),
    ).toEqual(['few', 'many']);
    for (const [vendorId, placed] of Object.entries(jobs)) {
      const ids = offered.filter((each) => each.vendorId === vendorId).map(({ jobId }) => jobId);
      expect(ids).toEqual(placed.slice(0, 4).map(({ jobId }) => jobId));
    }
    expect(await readJob(test.pool, offered[0] as OfferedJob)).toMatchObject({ status: 'queued', dispatch_no: 1 });
  });

  it('counts what is queued or processing against the share of a vendor, and nothing that waits for a callback', async () => {
    await addAgent(test.pool, 'v1');
    await place('v1', 9);
    expect(await offer(2)).toHaveLength(2);
    expect(await offer(2)).toHaveLength(0);
    expect(await offer(5)).toHaveLength(3);
    const [taken] = await test.pool.query(`select id, order_id, dispatch_no from sync_jobs where status = 'queued' limit 1`).then(rowsOf);
    const claimed = await claimJob(
      test.pool,
      { vendorId: 'v1', jobId: taken.id, orderId: taken.order_id, dispatchNo: taken.dispatch_no },
      { token: taken.id, durationMs: 60_000 },
      MODES,
    );
    expect(claimed).toBeDefined();
    expect(await offer(5)).toHaveLength(0);
    await test.pool.query(
      `update sync_jobs set status = 'awaiting_callback', lease_token = null, callback_deadline_at = now() where id = $1`,
      [taken.id],
    );
    expect(await offer(5)).toHaveLength(1);
  });

  it('gives nothing that is due later, and what becomes due first, first', async () => {
    await addAgent(test.pool, 'v1');
    const [a, b, c] = await place('v1', 3);
    await test.pool.query(`update sync_jobs set next_attempt_at = now() + interval '1 hour' where id = $1`, [a?.jobId]);
    await test.pool.query(`update sync_jobs set next_attempt_at = now() - interval '1 hour' where id = $1`, [c?.jobId]);
    expect((await offer(9)).map(({ jobId }) => jobId)).toEqual([c?.jobId, b?.jobId]);
  });

  it.each([
    ['is disabled', { enabled: false }],
    ['is not heard of', { last_heartbeat: null }],
    ['was heard of too long ago', { last_heartbeat: '2020-01-01Z' }],
    ['refuses the hub', { unauthorized_since: new Date() }],
    ['should poll and does not', { mode: 'pull' }],
    ['is deregistered', { deregistered_at: new Date() }],
    ['never registered', undefined],
  ])('gives nothing of a vendor whose agent %s, before any sweep has held its jobs', async (_what, change) => {
    if (change !== undefined) await addAgent(test.pool, 'v1');
    for (const [column, value] of Object.entries(change ?? {})) {
      await test.pool.query(`update agent_registry set ${column} = $1, agent_url = case when $2 then null else agent_url end`, [
        value,
        column === 'mode',
      ]);
    }
    await place('v1', 2);
    expect(await offer(9)).toEqual([]);
  });

  it('gives what is due to an agent that polls, and to every agent that should while nobody knows which do', async () => {
    await addAgent(test.pool, 'v1', { mode: 'pull', agent_url: null });
    await place('v1', 2);
    expect(await offer(1, { polling: ['else'] })).toEqual([]);
    expect(await offer(1, { polling: ['else', 'v1'] })).toHaveLength(1);
    expect(await offer(2, { polling: null })).toHaveLength(1);
  });

  it('gives nothing of vendors whose breakers are open, nor of held jobs', async () => {
    for (const vendorId of ['v1', 'v2', 'v3']) {
      await addAgent(test.pool, vendorId);
      await place(vendorId, 1);
    }
    await test.pool.query(`update sync_jobs set held_reason = 'breaker_open' where vendor_id = 'v3'`);
    expect(counted(await offer(9, { breakerOpen: ['v2'] }))).toEqual({ v1: 1 });
  });
});

describe('rounds at the same time', () => {
  it('never give one job twice, and wait for nobody', async () => {
    for (const vendorId of ['v1', 'v2', 'v3']) {
      await addAgent(test.pool, vendorId);
      await place(vendorId, 20);
    }
    const offered = (await Promise.all(Array.from({ length: 6 }, () => offer(10)))).flat();
    expect(new Set(offered.map(({ jobId }) => jobId)).size).toBe(offered.length);
    expect(Math.max(...offered.map(({ dispatchNo }) => dispatchNo))).toBe(1);
    expect(offered.length).toBeGreaterThanOrEqual(30);
  });

  it('pass over a job that somebody else is changing', async () => {
    await addAgent(test.pool, 'v1');
    const [held, free] = await place('v1', 2);
    await test.client.query('begin');
    await test.client.query('select from sync_jobs where id = $1 for update', [held?.jobId]);
    expect((await offer(9)).map(({ jobId }) => jobId)).toEqual([free?.jobId]);
    await test.client.query('rollback');
  });
});

describe('jobs of one order', () => {
  it('are given one after the other: the next one when the one before is decided about', async () => {
    await addAgent(test.pool, 'v1');
    const job = await placeOrder(test.pool, 'v1');
    await claim(test.pool, job);
    expect(await cancel(test.database, job.orderId)).toBe('cancelling');
    // Whatever holds it: the sequence alone is enough.
    await test.pool.query('update sync_jobs set held_reason = null');
    for (const status of ['pending', 'queued', 'processing', 'awaiting_callback']) {
      await test.pool.query(
        `update sync_jobs set status = $2, callback_deadline_at = now(), next_attempt_at = now() + interval '1 hour' where id = $1`,
        [job.jobId, status],
      );
      expect(await offer(9)).toEqual([]);
    }
    await complete(test.pool, job);
    expect(await offer(9)).toMatchObject([{ orderId: job.orderId, dispatchNo: 1 }]);
  });

  it('are held back by a dead letter until a person has decided', async () => {
    await addAgent(test.pool, 'v1');
    const job = await placeOrder(test.pool, 'v1');
    const { leaseToken } = await claim(test.pool, job);
    await cancel(test.database, job.orderId);
    await test.pool.query('update sync_jobs set held_reason = null');
    await failJob(test.pool, job, { leaseToken }, FAILED);
    expect(await offer(9)).toEqual([]);
    await test.pool.query(`update dead_letter_queue set resolved = true, resolved_at = now(), resolution = 'resolved'`);
    expect(await offer(9)).toHaveLength(1);
  });
});

describe.each(['agent_unauthorized', 'breaker_open'] as const)('the job that tries whether a vendor is still held as %s', (reason) => {
  beforeEach(async () => {
    await addAgent(test.pool, 'v1', { unauthorized_since: reason === 'agent_unauthorized' ? new Date() : null });
  });
  const hold = () => test.pool.query(`update sync_jobs set held_reason = $1 where status = 'pending'`, [reason]);
  const probe = (vendorId: string) => offerProbe(test.pool, vendorId, reason);

  it('is the oldest that is held for it, and one at a time', async () => {
    const [first, second] = await place('v1', 2);
    expect(await probe('v1')).toBeUndefined();
    await test.pool.query(`update sync_jobs set held_reason = 'agent_offline' where status = 'pending'`);
    expect(await probe('v1')).toBeUndefined();
    await hold();
    expect(await probe('v1')).toMatchObject({ jobId: first?.jobId, dispatchNo: 1 });
    expect(await probe('v2')).toBeUndefined();
    expect(await readJob(test.pool, second as JobReference)).toMatchObject({ status: 'pending', held_reason: reason });
  });

  it('never runs before an earlier one of its order', async () => {
    const job = await placeOrder(test.pool, 'v1');
    await test.pool.query(`update agent_registry set unauthorized_since = null`);
    await claim(test.pool, job);
    await cancel(test.database, job.orderId);
    await test.pool.query(`update sync_jobs set held_reason = $1 where sequence = 2`, [reason]);
    expect(await probe('v1')).toBeUndefined();
    await complete(test.pool, job);
    expect(await probe('v1')).toMatchObject({ jobId: (await jobsOf(test.pool, job.orderId))[1]?.id });
  });
});

it.each(['queued', 'processing'])('behind an open breaker nothing tries while a job of the vendor is %s', async (status) => {
  await addAgent(test.pool, 'v1');
  await addAgent(test.pool, 'v2');
  const [first] = await place('v1', 2);
  await claim(test.pool, first as JobReference);
  await claim(test.pool, await placeOrder(test.pool, 'v2'));
  await test.pool.query(`update sync_jobs set status = $2 where id = $1`, [first?.jobId, status]);
  await test.pool.query(`update sync_jobs set held_reason = 'breaker_open' where status = 'pending'`);
  expect(await offerProbe(test.pool, 'v1', 'breaker_open')).toBeUndefined();
  await complete(test.pool, first as JobReference);
  const tries = await Promise.all(Array.from({ length: 5 }, () => offerProbe(test.pool, 'v1', 'breaker_open')));
  expect(tries.filter((each) => each !== undefined)).toHaveLength(1);
});

function rowsOf<T>({ rows }: { rows: T[] }): T[] {
  return rows;
}
