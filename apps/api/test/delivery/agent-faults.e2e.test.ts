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
  untilErpStatus,
} from '../support/erp';
import { startHub, type Hub } from '../support/hub';

let hub: Hub;
let erp: StandInErp;
let down: StandInErp;
const recovering = new Map<string, Awaited<ReturnType<typeof withFirstCall>>>();

/** What the first call meets, what its try comes to, and whether the agent is asked before it is told again. */
const RECOVERED: [string, Fault, string, boolean][] = [
  ['dropped-before-reading', { kind: 'drop_before_reading' }, 'connection_lost', true],
  ['dropped-after-creating', { kind: 'drop_after_creating' }, 'connection_lost', true],
  ['error-before-creating', { kind: 'error_before_creating' }, 'server_error', true],
  ['error-after-creating', { kind: 'error_after_creating' }, 'server_error', true],
  ['hanging', { kind: 'hang' }, 'timeout', true],
  ['hanging-after-creating', { kind: 'hang_after_creating' }, 'timeout', true],
  ['slow-beyond-the-deadline', { kind: 'slow', ms: 1_500, created: true }, 'timeout', true],
  ['garbage', { kind: 'garbage' }, 'reply_unreadable', true],
  ['garbage-after-creating', { kind: 'garbage', created: true }, 'reply_unreadable', true],
  ['another-shape', { kind: 'wrong_shape', created: true }, 'reply_unreadable', true],
  ['a-reply-of-50-mb', { kind: 'huge', bytes: 50 * 1024 * 1024, created: true }, 'reply_too_large', true],
  ['a-redirect', { kind: 'redirect', location: 'http://127.0.0.1:1/' }, 'redirect', true],
  ['a-failure-that-may-pass', { kind: 'fail', retryable: true, error: 'the ERP is closed' }, 'erp_failed', false],
  ['try-again-later', { kind: 'reject', status: 425 }, 'try_again_status', false],
  ['429', { kind: 'too_many', retryAfterSeconds: 1 }, 'told_to_wait', false],
  ['503-with-retry-after', { kind: 'unavailable', retryAfterSeconds: 1 }, 'told_to_wait', false],
];

beforeAll(async () => {
  erp = await startStandInErp();
  down = await startStandInErp();
  hub = await startHub({ env: FAST_DELIVERY });
  await erp.setHubs([hub.baseUrl]);
  await down.setHubs([hub.baseUrl]);
  // All at once: most of them wait until the agent may be asked.
  for (const [name, fault] of RECOVERED) recovering.set(name, await withFirstCall(name, fault));
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
  await down.stop();
});

/** One order whose first call meets this fault. */
async function withFirstCall(name: string, fault: Fault, options: Parameters<typeof connectVendor>[3] = {}) {
  const vendorId = `vendor-${name}`;
  await connectVendor(hub, erp, vendorId, { plan: [{ match: { call: 'create-order', nth: 1 }, fault }], ...options });
  const order = await placeOrder(hub, vendorId, `N-${name}`);
  return { ...order, vendorId };
}

describe('an order whose agent answers well', () => {
  it('reaches the ERP once, signed, and is confirmed with its reference', async () => {
    const order = await withFirstCall('well', { kind: 'complete' });
    await untilErpStatus(hub, order.id, 'confirmed');
    const [entry] = await erp.ledger(order.vendorId);
    expect((await readOrder(hub, order.id)).erp.erpReference).toBe(entry?.reference);
    expect(await erp.calls(order.vendorId)).toMatchObject([
      { call: 'create-order', attempt: 1, idempotencyKey: order.jobId, bearer: 'ok', signature: 'ok', breach: null },
    ]);
    expect(await readJob(hub, order.jobId)).toMatchObject({
      status: 'completed',
      attempts: [{ attempt: 1, outcome: 'completed', httpStatus: 200 }],
    });
  });

  it('is confirmed by the callback when the agent only accepts it', async () => {
    const order = await withFirstCall('accepting', { kind: 'accept', delayMs: 50 });
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'completed', attempts: [{ outcome: 'accepted', httpStatus: 202 }] });
  });
});

describe.each(RECOVERED)('an order whose first call meets %s', (name, _fault, outcome, asked) => {
  it(`is ${asked ? 'asked after before it is sent again' : 'sent again'}, is once in the ERP, and confirmed`, async () => {
    const order = recovering.get(name) as NonNullable<ReturnType<typeof recovering.get>>;
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await erp.ledger(order.vendorId)).toHaveLength(1);
    const job = await readJob(hub, order.jobId);
    expect(job.attempts[0]).toMatchObject({ attempt: 1, outcome });
    expect(job.attemptsSpent).toBe(outcome === 'told_to_wait' ? 0 : 1);
    const calls = (await erp.calls(order.vendorId)).map(({ call }) => call);
    expect(calls.slice(0, 2)).toEqual(asked ? ['create-order', 'order-status'] : ['create-order', 'create-order']);
  });
});

it('waits for an agent that is down, and delivers when it is back', async () => {
  await connectVendor(hub, down, 'vendor-down');
  await down.pauseListening();
  const order = await placeOrder(hub, 'vendor-down', 'N-down');
  const { attempts } = await eventuallyTried(order.jobId);
  expect(attempts[0]).toMatchObject({ outcome: 'connect_failed' });
  await down.resumeListening();
  await untilErpStatus(hub, order.id, 'confirmed');
  // Nothing had been written: there was nothing to ask.
  expect((await down.calls('vendor-down')).map(({ call }) => call)).toEqual(['create-order']);
});

async function eventuallyTried(jobId: string) {
  for (;;) {
    const job = await readJob(hub, jobId);
    if (job.attempts[0]?.outcome !== undefined && job.attempts[0].outcome !== null) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('an order that cannot be delivered', () => {
  it.each<[string, Fault, string]>([
    ['a-refusal', { kind: 'reject', status: 422 }, 'rejected'],
    ['a-failure-for-good', { kind: 'fail', retryable: false, error: 'unknown customer' }, 'failed_for_good'],
  ])('is a dead letter at once after %s', async (name, fault, code) => {
    const order = await withFirstCall(name, fault);
    await untilErpStatus(hub, order.id, 'failed');
    expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ failureCode: code, resolved: false }]);
    expect(await erp.calls(order.vendorId)).toHaveLength(1);
  });

  it('is a dead letter after as many tries as are allowed', async () => {
    const order = await withFirstCall('never', { kind: 'complete' }, { plan: [{ fault: { kind: 'fail', retryable: true } }] });
    await untilErpStatus(hub, order.id, 'failed');
    expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'failed', attemptsSpent: 5, attemptNo: 5 });
    expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ failureCode: 'attempts_exhausted' }]);
  });

  it('is a dead letter of unknown outcome when the agent cannot be asked', async () => {
    const order = await withFirstCall('mute', { kind: 'drop_after_creating' }, { orderStatus: false });
    await untilErpStatus(hub, order.id, 'failed');
    expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ failureCode: 'outcome_unknown' }]);
    expect(await erp.ledger(order.vendorId)).toHaveLength(1);
  });

  it('is sent again without asking when the ERP recognises a job by itself', async () => {
    const order = await withFirstCall(
      'knowing',
      { kind: 'drop_after_creating' },
      { orderStatus: false, idempotent: true, idempotentOrders: true },
    );
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await erp.ledger(order.vendorId)).toHaveLength(1);
  });
});

it('asks after an accepted order whose callback never comes', async () => {
  const order = await withFirstCall('silent', { kind: 'accept_silently' });
  await untilErpStatus(hub, order.id, 'confirmed');
  expect((await erp.calls(order.vendorId)).map(({ call }) => call)).toEqual(['create-order', 'order-status']);
  expect(await erp.ledger(order.vendorId)).toHaveLength(1);
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp, down)).toEqual([]);
});
