import type { FaultPlan } from '@repo/stand-in-erp/faults';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { compare, connectVendor, FAST_DELIVERY, placeOrder, readJob, settled, untilErpStatus } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';

/** Longer than anything here lasts: the agent is killed meanwhile. */
const LONG_MS = 60_000;

let hub: Hub;
let erp: StandInErp;
beforeAll(async () => {
  [erp, hub] = await Promise.all([startStandInErp(), startHub({ env: FAST_DELIVERY })]);
  await erp.setHubs([hub.baseUrl]);
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
});

const connect = (vendorId: string, plan: FaultPlan = [], machines = 1) =>
  connectVendor(hub, erp, vendorId, { transport: 'pull', plan, polling: { machines } });
const place = (vendorId: string, n = 1) => placeOrder(hub, vendorId, `N-${vendorId}-${n}`);
const callsOf = async (vendorId: string) => (await erp.calls(vendorId)).map(({ call }) => call);
const firstHangs = (created: boolean): FaultPlan => [
  { match: { call: 'create-order', nth: 1 }, fault: { kind: 'slow', ms: LONG_MS, created } },
];

describe('an agent that is killed', () => {
  it('after it fetched, after it created, and while it polls, gets every order once', async () => {
    await connect('fetched', firstHangs(false));
    await connect('created', firstHangs(true));
    await connect('polling');
    const [fetched, created] = [await place('fetched'), await place('created')];
    await eventually(async () => (await erp.calls('fetched')).length === 1 && (await erp.ledger('created')).length === 1);
    await erp.kill();
    const polling = await place('polling');
    for (const { jobId } of [fetched, created]) {
      await eventually(async () => (await readJob(hub, jobId)).attempts[0]?.outcome === 'timeout');
      expect(await readJob(hub, jobId)).toMatchObject({ attemptsSpent: 1, mustAsk: true });
    }
    await eventually(async () => (await readJob(hub, polling.jobId)).heldReason === 'agent_not_polling');
    await erp.start();
    for (const { id } of [fetched, created, polling]) await untilErpStatus(hub, id, 'confirmed');
    expect(await callsOf('fetched')).toEqual(['create-order', 'order-status', 'create-order']);
    expect(await callsOf('created')).toEqual(['create-order', 'order-status']);
    expect(await callsOf('polling')).toEqual(['create-order']);
    expect(await readJob(hub, polling.jobId)).toMatchObject({ attemptsSpent: 0 });
  });

  it('and had accepted an order, does it when it is up again, and calls back', async () => {
    await connect('accepting', [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'accept', delayMs: LONG_MS } }]);
    const order = await place('accepting');
    await eventually(async () => (await readJob(hub, order.jobId)).status === 'awaiting_callback');
    await erp.restart();
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await erp.ledger('accepting')).toHaveLength(1);
  });
});

it('two machines of one agent, polling at once, get each call once between them', async () => {
  await connect('active-and-standby', [], 2);
  const orders = await Promise.all(Array.from({ length: 30 }, (_, n) => place('active-and-standby', n)));
  for (const { id } of orders) await untilErpStatus(hub, id, 'confirmed');
  const calls = await erp.calls('active-and-standby');
  expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
  expect(await erp.ledger('active-and-standby')).toHaveLength(30);
});

it('calls whose poll was cut with them on it are asked after, and done once', async () => {
  await connectVendor(hub, erp, 'cut', {
    transport: 'pull',
    polling: { faults: { polls: [{ match: { nth: 1 }, fault: { kind: 'cut_fetched' } }] } },
  });
  const orders = await Promise.all(Array.from({ length: 10 }, (_, n) => place('cut', n)));
  for (const { id } of orders) await untilErpStatus(hub, id, 'confirmed');
  expect(await erp.ledger('cut')).toHaveLength(10);
  const outcomes = await Promise.all(orders.map(async ({ jobId }) => (await readJob(hub, jobId)).attempts[0]?.outcome));
  const { lost } = (await erp.counters('cut')).polls;
  expect(lost).toBeGreaterThan(0);
  expect(outcomes.filter((outcome) => outcome === 'timeout')).toHaveLength(lost);
});

it('replies that come twice, late and in another order change nothing', async () => {
  await connectVendor(hub, erp, 'untidy', {
    transport: 'pull',
    polling: {
      faults: {
        replies: [
          { match: { call: 'create-order', orderNumber: 'N-untidy-0' }, fault: { kind: 'late', byMs: 500 } },
          { match: { orderNumber: 'N-untidy-1' }, fault: { kind: 'overtaken', withinMs: 500 } },
          { fault: { kind: 'twice' } },
        ],
      },
    },
  });
  const orders = await Promise.all(Array.from({ length: 5 }, (_, n) => place('untidy', n)));
  for (const { id } of orders) await untilErpStatus(hub, id, 'confirmed');
  expect(await erp.ledger('untidy')).toHaveLength(5);
  const { replies } = await erp.counters('untidy');
  expect(replies).toMatchObject({ refused: 0, givenUp: 0 });
  expect(replies.late).toBeGreaterThanOrEqual(1);
  expect((await readJob(hub, orders[0]?.jobId ?? '')).attempts[0]?.outcome).toBe('timeout');
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp)).toEqual([]);
});
