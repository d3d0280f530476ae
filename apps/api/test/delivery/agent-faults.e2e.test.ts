import type { Fault } from '@repo/stand-in-erp/faults';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import {
  compare,
  connectVendor,
  deadLettersOf,
  FAST_DELIVERY,
  placeOrder,
  readJob,
  readOrder,
  settled,
  TRANSPORTS,
  untilErpStatus,
  type PlacedOrder,
  type Transport,
} from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';

let hub: Hub;
let erp: StandInErp;
let down: StandInErp;

interface Recovered {
  fault: Fault;
  /** What its try comes to, the same both ways unless said otherwise. */
  outcome: string | Record<Transport, string>;
}

// Over a connection one sees that it is lost; of a call that was fetched, only that nobody answers it in time.
const LOST = { push: 'connection_lost', pull: 'timeout' };
const TOO_LARGE = { push: 'reply_too_large', pull: 'timeout' };

/** After these the agent is asked before it is told again. */
const UNCLEAR: Record<string, Recovered> = {
  'dropped-before-reading': { fault: { kind: 'drop_before_reading' }, outcome: LOST },
  'dropped-after-creating': { fault: { kind: 'drop_after_creating' }, outcome: LOST },
  'error-before-creating': { fault: { kind: 'error_before_creating' }, outcome: 'server_error' },
  'error-after-creating': { fault: { kind: 'error_after_creating' }, outcome: 'server_error' },
  hanging: { fault: { kind: 'hang' }, outcome: 'timeout' },
  'hanging-after-creating': { fault: { kind: 'hang_after_creating' }, outcome: 'timeout' },
  'slow-beyond-the-deadline': { fault: { kind: 'slow', ms: 1_500, created: true }, outcome: 'timeout' },
  garbage: { fault: { kind: 'garbage' }, outcome: 'reply_unreadable' },
  'garbage-after-creating': { fault: { kind: 'garbage', created: true }, outcome: 'reply_unreadable' },
  'another-shape': { fault: { kind: 'wrong_shape', created: true }, outcome: 'reply_unreadable' },
  'a-reply-of-50-mb': { fault: { kind: 'huge', bytes: 50 * 1024 * 1024, created: true }, outcome: TOO_LARGE },
  'a-redirect': { fault: { kind: 'redirect', location: 'http://127.0.0.1:1/' }, outcome: 'redirect' },
};
/** After these it is told again at once. */
const CLEAR: Record<string, Recovered> = {
  'a-failure-that-may-pass': { fault: { kind: 'fail', retryable: true, error: 'the ERP is closed' }, outcome: 'erp_failed' },
  'try-again-later': { fault: { kind: 'reject', status: 425 }, outcome: 'try_again_status' },
  '429': { fault: { kind: 'too_many', retryAfterSeconds: 1 }, outcome: 'told_to_wait' },
  '503-with-retry-after': { fault: { kind: 'unavailable', retryAfterSeconds: 1 }, outcome: 'told_to_wait' },
};
type Options = NonNullable<Parameters<typeof connectVendor>[3]>;

/** What the vendors of everything else are like. */
const OTHERS: Record<string, Options> = {
  well: {},
  accepting: firstCall({ kind: 'accept', delayMs: 50 }),
  silent: firstCall({ kind: 'accept_silently' }),
  'a-refusal': firstCall({ kind: 'reject', status: 422 }),
  'a-failure-for-good': firstCall({ kind: 'fail', retryable: false, error: 'unknown customer' }),
  never: { plan: [{ fault: { kind: 'fail', retryable: true } }] },
  mute: { ...firstCall({ kind: 'drop_after_creating' }), orderStatus: false },
  knowing: { ...firstCall({ kind: 'drop_after_creating' }), orderStatus: false, idempotent: true, idempotentOrders: true },
};

function firstCall(fault: Fault): Options {
  return { plan: [{ match: { call: 'create-order', nth: 1 }, fault }] };
}

const placed = new Map<string, PlacedOrder & { vendorId: string }>();

beforeAll(async () => {
  [erp, down, hub] = await Promise.all([startStandInErp(), startStandInErp(), startHub({ env: FAST_DELIVERY })]);
  await erp.setHubs([hub.baseUrl]);
  await down.setHubs([hub.baseUrl]);
  const faults = Object.entries({ ...UNCLEAR, ...CLEAR }).map(([name, { fault }]) => [name, firstCall(fault)] as const);
  const vendors = [...faults, ...Object.entries(OTHERS)];
  for (const [name, options] of vendors) {
    await Promise.all(TRANSPORTS.map((transport) => connectVendor(hub, erp, `${transport}-${name}`, { transport, ...options })));
  }
  // One order for each of them, without waiting for any: most take until the agent may be asked.
  for (const vendorId of vendors.flatMap(([name]) => TRANSPORTS.map((transport) => `${transport}-${name}`))) {
    placed.set(vendorId, { ...(await placeOrder(hub, vendorId, `N-${vendorId}`)), vendorId });
  }
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
  await down.stop();
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  const orderOf = (name: string) => placed.get(`${transport}-${name}`) as PlacedOrder & { vendorId: string };
  const callsOf = async (name: string) => (await erp.calls(`${transport}-${name}`)).map(({ call }) => call);
  const confirmed = async (name: string) => {
    const order = orderOf(name);
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await erp.ledger(order.vendorId)).toHaveLength(1);
    return order;
  };
  const failed = async (name: string) => {
    const order = orderOf(name);
    await untilErpStatus(hub, order.id, 'failed');
    return { job: await readJob(hub, order.jobId), letters: await deadLettersOf(hub, order.jobId) };
  };

  it('an order reaches the ERP once, signed, and is confirmed with its reference', async () => {
    const order = await confirmed('well');
    const [entry] = await erp.ledger(order.vendorId);
    expect((await readOrder(hub, order.id)).erp.erpReference).toBe(entry?.reference);
    const [call, ...more] = await erp.calls(order.vendorId);
    expect(call).toMatchObject({ call: 'create-order', attempt: 1, idempotencyKey: order.jobId });
    expect(call).toMatchObject({ bearer: 'ok', signature: 'ok', breach: null });
    expect([call?.callId === null, more]).toEqual([transport === 'push', []]);
    expect(await readJob(hub, order.jobId)).toMatchObject({
      status: 'completed',
      attempts: [{ attempt: 1, outcome: 'completed', httpStatus: 200 }],
    });
  });

  it('an order is confirmed by the callback when the agent only accepts it', async () => {
    const order = await confirmed('accepting');
    expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'completed', attempts: [{ outcome: 'accepted', httpStatus: 202 }] });
  });

  it.each(Object.keys(UNCLEAR))('an order whose first call meets %s is asked after before it is sent again', async (name) => {
    const order = await confirmed(name);
    const { outcome } = UNCLEAR[name] as Recovered;
    expect(await readJob(hub, order.jobId)).toMatchObject({
      attemptsSpent: 1,
      attempts: expect.arrayContaining([
        expect.objectContaining({ attempt: 1, outcome: typeof outcome === 'string' ? outcome : outcome[transport] }),
      ]),
    });
    expect((await callsOf(name)).slice(0, 2)).toEqual(['create-order', 'order-status']);
  });

  it.each(Object.keys(CLEAR))('an order whose first call meets %s is sent again without asking', async (name) => {
    const order = await confirmed(name);
    const { outcome } = CLEAR[name] as Recovered;
    const job = await readJob(hub, order.jobId);
    expect(job.attempts[0]).toMatchObject({ attempt: 1, outcome });
    expect(job.attemptsSpent).toBe(outcome === 'told_to_wait' ? 0 : 1);
    expect(await callsOf(name)).toEqual(['create-order', 'create-order']);
  });

  it('waits for an agent that is down, and delivers when it is back', async () => {
    await connectVendor(hub, down, `${transport}-down`, { transport });
    await down.pauseListening();
    const order = await placeOrder(hub, `${transport}-down`, `N-${transport}-down`);
    const { attempts, attemptsSpent } = await eventually(async () => {
      const job = await readJob(hub, order.jobId);
      return (job.attempts[0]?.outcome ?? null) !== null && job;
    });
    expect(attempts[0]).toMatchObject({ outcome: transport === 'push' ? 'connect_failed' : 'not_fetched' });
    if (transport === 'pull') expect(attemptsSpent).toBe(0);
    await down.resumeListening();
    await untilErpStatus(hub, order.id, 'confirmed');
    // Nothing had reached it: there was nothing to ask.
    expect((await down.calls(`${transport}-down`)).map(({ call }) => call)).toEqual(['create-order']);
  });

  it.each([
    ['a-refusal', 'rejected'],
    ['a-failure-for-good', 'failed_for_good'],
  ])('an order is a dead letter at once after %s', async (name, failureCode) => {
    expect((await failed(name)).letters).toMatchObject([{ failureCode, resolved: false }]);
    expect(await callsOf(name)).toHaveLength(1);
  });

  it('an order is a dead letter after as many tries as are allowed', async () => {
    const { job, letters } = await failed('never');
    expect(job).toMatchObject({ status: 'failed', attemptsSpent: 5, attemptNo: 5 });
    expect(letters).toMatchObject([{ failureCode: 'attempts_exhausted' }]);
  });

  it('an order is a dead letter of unknown outcome when the agent cannot be asked', async () => {
    expect((await failed('mute')).letters).toMatchObject([{ failureCode: 'outcome_unknown' }]);
    expect(await erp.ledger(`${transport}-mute`)).toHaveLength(1);
  });

  it('an order is sent again without asking when the ERP recognises a job by itself', async () => {
    await confirmed('knowing');
    expect((await callsOf('knowing')).at(-1)).toBe('create-order');
  });

  it('asks after an accepted order whose callback never comes', async () => {
    await confirmed('silent');
    expect(await callsOf('silent')).toEqual(['create-order', 'order-status']);
  });
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp, down)).toEqual([]);
});
