import type { FaultPlan } from '@repo/stand-in-erp/faults';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { Redis } from 'ioredis';
import { compare, connectVendor, overEach, placeOrder, readJob, settled, untilErpStatus, type PlacedOrder } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';
import { breakerOf, costs, ONE_CALL_A_JOB, RESET_MS, retriesDue, untilBreaker, untilCalls, VOLUME } from './breaker-fixture';

const FAILING: FaultPlan = [{ fault: { kind: 'error_before_creating' } }];
const NOTHING_SPENT = { held: 'breaker_open', tries: 0, spent: 0, rows: 0 };
/** Offers in vain that a breaker may cost: what was in the queue when it opened. A loop makes hundreds. */
const MOST_IN_VAIN = 20;

let hub: Hub;
/** One at first: the first test starts two more. */
let workers: Hub[];
let startWorker: () => Promise<Hub>;
let scheduler: Hub;
let erp: StandInErp;
beforeAll(async () => {
  const env = (ROLE: string) => ({ ...ONE_CALL_A_JOB, ROLE });
  erp = await startStandInErp();
  hub = await startHub({ env: env('api') });
  const beside = (role: string) => startHub({ beside: hub, env: env(role) });
  startWorker = () => beside('worker');
  const [leader, worker] = await Promise.all([beside('scheduler'), startWorker()]);
  scheduler = leader;
  workers = [worker];
  await erp.setHubs([hub.baseUrl]);
});
afterAll(async () => {
  await Promise.all([scheduler, ...workers].map((each) => each.stop()));
  await hub.stop();
  await erp.stop();
});

const place = (vendorId: string, from: number, to: number): Promise<PlacedOrder[]> =>
  Promise.all(Array.from({ length: to - from + 1 }, (_, n) => placeOrder(hub, vendorId, `N-${vendorId}-${from + n}`)));
const confirmed = (orders: readonly PlacedOrder[]) => Promise.all(orders.map(({ id }) => untilErpStatus(hub, id, 'confirmed')));
const held = (orders: readonly PlacedOrder[]) =>
  eventually(async () => {
    const jobs = await Promise.all(orders.map(({ jobId }) => readJob(hub, jobId)));
    return jobs.every(({ heldReason }) => heldReason === 'breaker_open');
  });

/** A vendor whose breaker is open, by so many calls as it takes. */
async function openBreaker(vendorId: string, more: Parameters<typeof connectVendor>[3] = {}): Promise<PlacedOrder[]> {
  await connectVendor(hub, erp, vendorId, { plan: FAILING, ...more });
  const orders = await place(vendorId, 1, VOLUME);
  await untilBreaker(hub, vendorId, 'open');
  return orders;
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const finish = async (vendorId: string, orders: readonly PlacedOrder[]) => {
  await erp.setPlan(vendorId, []);
  await retriesDue(hub, vendorId);
  await confirmed(orders);
};

it('opens on the errors of three workers together, holds back what comes, lets one call try, and closes', async () => {
  await connectVendor(hub, erp, 'failing', { plan: FAILING });
  await connectVendor(hub, erp, 'well');
  // Each worker alone sees too few.
  const failed: PlacedOrder[] = [];
  for (const [from, to] of [
    [1, 2],
    [3, 4],
    [5, 5],
  ] as const) {
    if (from > 1) {
      await workers.at(-1)?.kill();
      workers.push(await startWorker());
    }
    failed.push(...(await place('failing', from, to)));
    await eventually(async () => (await breakerOf(hub, 'failing')).failures === to);
  }
  const { state, openUntil, failures, calls } = await breakerOf(hub, 'failing');
  expect({ state, failures, calls }).toEqual({ state: 'open', failures: VOLUME, calls: VOLUME });
  for (const any of [hub, scheduler, workers.at(-1) as Hub]) {
    expect((await any.request('GET', '/metrics')).body).toContain('sync_breaker_state{api_type="orders",state="open"} 1');
  }
  await erp.setPlan('failing', [{ fault: { kind: 'slow', ms: 1_000 } }]);
  const later = await place('failing', 6, 11);
  const whileOneTries = async () => {
    // While open nothing came; then one call, and the others when it was answered.
    const cameAt = await untilCalls(erp, 'failing', VOLUME + 1);
    expect(cameAt[VOLUME]).toBeGreaterThanOrEqual(Date.parse(openUntil ?? ''));
    expect(await breakerOf(hub, 'failing')).toMatchObject({ state: 'half_open' });
    expect((await costs(hub, 'failing')).slice(VOLUME + 1)).toMatchObject(Array.from({ length: 5 }, () => NOTHING_SPENT));
  };
  const killed = workers.slice(0, -1).map((each) => each.restart());
  await Promise.all([whileOneTries(), ...killed, place('well', 1, 3).then(confirmed)]);
  await confirmed(later);
  const all = await untilCalls(erp, 'failing', VOLUME + 6);
  expect((all[VOLUME + 1] as number) - (all[VOLUME] as number)).toBeGreaterThanOrEqual(1_000);
  expect(await breakerOf(hub, 'failing')).toMatchObject({ state: 'closed', openUntil: null });
  expect(await breakerOf(hub, 'well')).toMatchObject({ state: 'closed', failures: 0, calls: 3 });
  await finish('failing', failed);
  const logs = [hub, scheduler, ...workers].map((each) => each.logs()).join('\n');
  const told = [...logs.matchAll(/^.*"vendorId":"failing".*"from":"(\w+)","to":"(\w+)".*$/gm)].map(([, from, to]) => `${from} → ${to}`);
  expect(told.sort()).toEqual(['closed → open', 'half_open → closed', 'open → half_open']);
});

it(
  'opens on a vendor that only hangs, and asks what became of it all',
  overEach(async (transport) => {
    const vendorId = `hanging-${transport}`;
    const orders = await openBreaker(vendorId, { plan: [{ fault: { kind: 'hang_after_creating' } }], transport });
    expect((await costs(hub, vendorId)).map(({ tries }) => tries)).toEqual([1, 1, 1, 1, 1]);
    await erp.setPlan(vendorId, []);
    const next = await place(vendorId, VOLUME + 1, VOLUME + 1);
    await confirmed(next);
    expect(await breakerOf(hub, vendorId)).toMatchObject({ state: 'closed' });
    await finish(vendorId, orders);
  }),
);

it('a vendor that comes and goes loses no attempts but those of calls that were made', async () => {
  const failed = await openBreaker('flapping');
  const waiting = await place('flapping', VOLUME + 1, VOLUME + 6);
  const cameAt = await untilCalls(erp, 'flapping', VOLUME + 2);
  for (const n of [VOLUME, VOLUME + 1]) expect((cameAt[n] as number) - (cameAt[n - 1] as number)).toBeGreaterThanOrEqual(RESET_MS - 50);
  await eventually(async () => sum((await costs(hub, 'flapping')).map(({ spent }) => spent)) === (await erp.calls('flapping')).length);
  const jobs = await costs(hub, 'flapping');
  expect(Math.max(...jobs.map(({ spent }) => spent))).toBe(1);
  expect(sum(jobs.map(({ offers, tries }) => offers - tries))).toBeLessThanOrEqual(MOST_IN_VAIN);
  await erp.setPlan('flapping', []);
  await retriesDue(hub, 'flapping');
  await confirmed([...failed, ...waiting]);
});

it('a job that was only asked after waits, and is asked after again', async () => {
  const asked = { match: { call: 'order-status' }, fault: { kind: 'slow', ms: 1_000 } } as const;
  const lost = { match: { orderNumber: 'N-asked-1', nth: 1 }, fault: { kind: 'drop_before_reading' } } as const;
  await connectVendor(hub, erp, 'asked', { plan: [asked, lost, ...FAILING] });
  const [job] = (await place('asked', 1, 1)) as [PlacedOrder];
  await eventually(async () => (await readJob(hub, job.jobId)).mustAsk);
  await retriesDue(hub, 'asked');
  await untilCalls(erp, 'asked', 2);
  const others = await place('asked', 2, VOLUME);
  await untilBreaker(hub, 'asked', 'open');
  await held([job]);
  expect(await readJob(hub, job.jobId)).toMatchObject({ mustAsk: true, attemptsSpent: 1, attempts: [{}, { outcome: 'breaker_open' }] });
  expect((await erp.calls('asked')).filter(({ jobId }) => jobId === job.jobId).map(({ call }) => call)).toEqual([
    'create-order',
    'order-status',
  ]);
  await finish('asked', [job, ...others]);
});

describe('by hand', () => {
  const reset = (body: object) => hub.admin('POST', '/api/admin/circuit-breaker/reset', body);

  it('it closes at once for all workers, and the audit log tells how it was', async () => {
    const failed = await openBreaker('mended');
    const waiting = await place('mended', VOLUME + 1, VOLUME + 2);
    await held(waiting);
    await erp.setPlan('mended', []);
    const before = await breakerOf(hub, 'mended');
    const { status, body } = await reset({ vendorId: 'mended', apiType: 'orders' });
    expect(status).toBe(200);
    // What waited may have been called already.
    const closed = { vendorId: 'mended', state: 'closed', openUntil: null, failures: 0, calls: expect.any(Number) };
    expect(body).toEqual({ data: ['orders', 'reconciliation'].map((apiType) => ({ ...closed, apiType })) });
    await confirmed(waiting);
    const cameAt = await untilCalls(erp, 'mended', VOLUME + 2);
    for (const at of cameAt) expect(at).toBeLessThan(Date.parse(before.openUntil ?? ''));
    const audit = await hub.admin('GET', '/api/admin/audit?vendorId=mended&action=breaker.reset');
    expect(audit.body.data).toMatchObject([{ before: [before], after: [{ apiType: 'orders', state: 'closed' }] }]);
    await finish('mended', failed);
  });

  it('both are reset when none is named, and an agent that is not there has none', async () => {
    await connectVendor(hub, erp, 'quiet');
    expect((await reset({ vendorId: 'quiet' })).status).toBe(200);
    const audit = await hub.admin('GET', '/api/admin/audit?vendorId=quiet&action=breaker.reset');
    expect(audit.body.data[0].after).toHaveLength(2);
    expect(await reset({ vendorId: 'nobody' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    await hub.admin('DELETE', '/api/admin/agents/quiet');
    expect(await reset({ vendorId: 'quiet' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const { body } = await hub.admin('GET', '/api/admin/circuit-breaker/status');
    const vendors = (body as { data: { vendorId: string }[] }).data.map(({ vendorId }) => vendorId);
    expect(vendors.filter((each) => each === 'mended')).toHaveLength(2);
    expect(vendors).not.toContain('quiet');
  });
});

it('is closed when Redis forgets everything', async () => {
  const failed = await openBreaker('forgotten');
  const waiting = await place('forgotten', VOLUME + 1, VOLUME + 2);
  await held(waiting);
  await erp.setPlan('forgotten', []);
  const { openUntil } = await breakerOf(hub, 'forgotten');
  const redis = new Redis(hub.redisUrl);
  await redis.flushdb();
  redis.disconnect();
  expect(await breakerOf(hub, 'forgotten')).toMatchObject({ state: 'closed', failures: 0, calls: 0 });
  await confirmed(waiting);
  const cameAt = await untilCalls(erp, 'forgotten', VOLUME + 2);
  expect(cameAt[VOLUME]).toBeLessThan(Date.parse(openUntil ?? ''));
  await finish('forgotten', failed);
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool, 20_000);
  expect(await compare(hub.pool, erp)).toEqual([]);
});
