import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { compare, connectVendor, FAST_DELIVERY, placeOrder, settled, untilErpStatus } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';

const env = (ROLE: string) => ({ ...FAST_DELIVERY, ROLE });
const LEADS = 'this process leads';

let api: Hub;
let worker: Hub;
let schedulers: [Hub, Hub];
let erp: StandInErp;
beforeAll(async () => {
  erp = await startStandInErp();
  api = await startHub({ env: env('api') });
  worker = await startHub({ beside: api, env: env('worker') });
  schedulers = [await startHub({ beside: api, env: env('scheduler') }), await startHub({ beside: api, env: env('scheduler') })];
  await erp.setHubs([api.baseUrl]);
});
afterAll(async () => {
  await Promise.all([...schedulers, worker].map((hub) => hub.stop()));
  await api.stop();
  await erp.stop();
});

it('an API, a worker and a scheduler in processes of their own deliver an order, by reply and by callback', async () => {
  await connectVendor(api, erp, 'replying');
  await connectVendor(api, erp, 'calling-back', { plan: [{ fault: { kind: 'accept', delayMs: 50 } }] });
  const orders = await Promise.all(['replying', 'calling-back'].map((vendorId) => placeOrder(api, vendorId, `N-${vendorId}`)));
  for (const { id } of orders) await untilErpStatus(api, id, 'confirmed');
  expect(api.logs()).not.toContain(LEADS);
  expect(worker.logs()).not.toContain(LEADS);
});

it('one of two schedulers leads, and when it is killed the other one takes over within 10 s', async () => {
  await connectVendor(api, erp, 'taken-over');
  const leaders = schedulers.filter((hub) => hub.logs().includes(LEADS));
  expect(leaders).toHaveLength(1);
  const [leader] = leaders as [Hub];
  const other = schedulers.find((hub) => hub !== leader) as Hub;
  await leader.kill();
  const order = await placeOrder(api, 'taken-over', 'N-taken-over');
  await untilErpStatus(api, order.id, 'confirmed', 10_000);
  expect(other.logs()).toContain(LEADS);
});

it('a worker that is killed in the middle of a call leaves nothing undone, and does nothing twice', async () => {
  await connectVendor(api, erp, 'surviving', {
    plan: [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'slow', ms: 300, created: true } }],
  });
  const order = await placeOrder(api, 'surviving', 'N-surviving');
  await eventually(async () => (await erp.calls('surviving')).length === 1);
  await worker.kill();
  await worker.restart();
  // Its lease ends 5 s after the call's deadline.
  await untilErpStatus(api, order.id, 'confirmed', 20_000);
  expect((await erp.calls('surviving')).map(({ call }) => call)).toEqual(['create-order', 'order-status']);
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(api.pool);
  expect(await compare(api.pool, erp)).toEqual([]);
});
