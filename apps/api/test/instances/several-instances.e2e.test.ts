import { isDeepStrictEqual } from 'node:util';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { breakerOf } from '../breaker/breaker-fixture';
import { compare, connectVendor, FAST_DELIVERY, overEach, placeOrder, settled, untilErpStatus } from '../support/erp';
import { eventually, startHub, through, type Hub } from '../support/hub';
import { startRoundRobin, type RoundRobin } from '../support/round-robin';
import { item, mappedVendor } from '../support/rows';

const LEADS = 'this process leads';
const MOST_FAILURES = 6;
const env = (ROLE: string) => ({
  ...FAST_DELIVERY,
  BREAKER_RESET_MS: '60000',
  RATE_LIMIT_AUTH_FAILURES: String(MOST_FAILURES),
  ROLE,
});

let apis: [Hub, Hub];
let workers: [Hub, Hub];
let schedulers: [Hub, Hub];
let balancer: RoundRobin;
/** All of it, as agents and shops see it. */
let hub: Hub;
let erp: StandInErp;
beforeAll(async () => {
  const [first, started] = await Promise.all([startHub({ env: env('api') }), startStandInErp()]);
  erp = started;
  const beside = (role: string) => startHub({ beside: first, env: env(role) });
  const [second, ...others] = await Promise.all(['api', 'worker', 'worker', 'scheduler', 'scheduler'].map(beside));
  apis = [first, second as Hub];
  workers = others.slice(0, 2) as [Hub, Hub];
  schedulers = others.slice(2) as [Hub, Hub];
  balancer = await startRoundRobin(apis.map(({ baseUrl }) => baseUrl));
  hub = through(balancer.url, first);
  await erp.setHubs([hub.baseUrl]);
});
afterAll(async () => {
  await Promise.all([...schedulers, ...workers, apis[1]].map((each) => each.stop()));
  await apis[0].stop();
  await balancer.close();
  await erp.stop();
});

/** How many tries of jobs each worker has made. */
const triesOf = (worker: Hub) =>
  worker
    .request('GET', '/metrics')
    .then(({ body }) =>
      [...(body as string).matchAll(/^sync_job_attempts_total\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0),
    );

it(
  'takes a vendor’s rows and brings its orders to the ERP and back, whichever instance is asked',
  overEach(async (transport) => {
    const agent = await connectVendor(hub, erp, transport, {
      transport,
      plan: [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'accept', delayMs: 50 } }],
    });
    for (const api of apis) {
      expect((await api.admin('GET', `/api/items/${transport}/A-1`)).body).toMatchObject({ unitCode: 'PCE' });
      expect((await api.agent(agent, 'POST', '/api/agents/heartbeat', {})).status).toBe(200);
    }
    const orders = await Promise.all(Array.from({ length: 8 }, (_, n) => placeOrder(hub, transport, `N-${transport}-${n}`)));
    for (const { id } of orders) await untilErpStatus(hub, id, 'confirmed');
    for (const api of apis) expect((await api.admin('GET', `/api/admin/agents/${transport}`)).body).toMatchObject({ status: 'online' });
  }),
);

it('shares the work: both APIs were asked, both workers called, one scheduler leads', async () => {
  expect(Math.min(...balancer.served)).toBeGreaterThan(8);
  const tries = await Promise.all(workers.map(triesOf));
  expect(Math.min(...tries)).toBeGreaterThan(0);
  expect([...apis, ...workers].filter((each) => each.logs().includes(LEADS))).toEqual([]);
  expect(schedulers.filter((each) => each.logs().includes(LEADS))).toHaveLength(1);
});

it('knows a mapping in every instance as soon as one of them was told', async () => {
  const [here, there] = apis;
  const agent = await mappedVendor(here, 'mapped');
  const unitOf = async (sku: string) => (await here.admin('GET', `/api/items/mapped/${sku}`)).body.unitCode;
  const { data } = (await here.admin('GET', '/api/admin/mappings?vendorId=mapped&type=unit')).body;
  // Both remember what is about to change.
  for (const [i, api] of apis.entries()) await api.agent(agent, 'POST', '/api/sync/items', { items: [item(`BEFORE-${i}`)] });
  const changed = await here.admin('PUT', `/api/admin/mappings/${data[0].id}`, { restoCode: 'NEW', restoLabel: 'New' });
  expect(changed.status).toBe(200);
  await there.agent(agent, 'POST', '/api/sync/items', { items: [item('AFTER')] });
  expect(await unitOf('AFTER')).toBe('NEW');
  await eventually(async () => (await unitOf('BEFORE-1')) === 'NEW');
  // A row that waits goes on where the mapping arrives.
  const parked = await here.agent(agent, 'POST', '/api/sync/items', { items: [item('WAITS', { erpUnitCode: 'BX' })] });
  expect(parked.body.results[0]).toMatchObject({ reason: 'unmapped_unit', parked: true });
  const box = { vendorId: 'mapped', mappingType: 'unit', erpCode: 'BX', restoCode: 'BOX', restoLabel: 'Box' };
  expect((await there.admin('POST', '/api/admin/mappings', box)).status).toBe(201);
  await eventually(async () => (await unitOf('WAITS')) === 'BOX');
});

it('opens a breaker for all workers, shows it everywhere, and closes it wherever an admin says so', async () => {
  await connectVendor(hub, erp, 'failing', { plan: [{ fault: { kind: 'error_before_creating' } }] });
  const orders = await Promise.all(Array.from({ length: 4 }, (_, n) => placeOrder(hub, 'failing', `N-failing-${n}`)));
  const states = () => Promise.all(apis.map((api) => breakerOf(api, 'failing')));
  // Calls that were out when it opened are still counted.
  await eventually(async () => {
    const [one, two] = await states();
    return one?.state === 'open' && isDeepStrictEqual(one, two);
  });
  await erp.setPlan('failing', []);
  expect((await hub.admin('POST', '/api/admin/circuit-breaker/reset', { vendorId: 'failing' })).status).toBe(200);
  expect((await states()).map(({ state }) => state)).toEqual(['closed', 'closed']);
  for (const { id } of orders) await untilErpStatus(hub, id, 'confirmed');
});

it('when the scheduler that leads is killed the other one takes over within 10 s', async () => {
  await connectVendor(hub, erp, 'taken-over');
  const [leader] = schedulers.filter((each) => each.logs().includes(LEADS)) as [Hub];
  const other = schedulers.find((each) => each !== leader) as Hub;
  await leader.kill();
  const order = await placeOrder(hub, 'taken-over', 'N-taken-over');
  await untilErpStatus(hub, order.id, 'confirmed', 10_000);
  expect(other.logs()).toContain(LEADS);
});

it('workers that are killed in the middle of a call leave nothing undone, and do nothing twice', async () => {
  await connectVendor(hub, erp, 'surviving', {
    plan: [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'slow', ms: 300, created: true } }],
  });
  const order = await placeOrder(hub, 'surviving', 'N-surviving');
  await eventually(async () => (await erp.calls('surviving')).length === 1);
  const [calling, other] = workers;
  await Promise.all([calling.kill(), other.kill()]);
  await other.restart();
  // Its lease ends 5 s after the call's deadline.
  await untilErpStatus(hub, order.id, 'confirmed', 20_000);
  expect((await erp.calls('surviving')).map(({ call }) => call)).toEqual(['create-order', 'order-status']);
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp)).toEqual([]);
});

// Last: after it nobody can register from here for a minute.
it('counts limits over all instances', async () => {
  const tries: number[] = [];
  for (let n = 0; n < MOST_FAILURES + 3; n++) {
    tries.push((await hub.request('GET', '/api/admin/agents', undefined, { 'x-api-key': 'wrong' })).status);
  }
  expect(tries).toEqual([...Array.from({ length: MOST_FAILURES }, () => 401), 429, 429, 429]);
});
