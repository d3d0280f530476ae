import type { Fault, FaultPlan } from '@repo/stand-in-erp/faults';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { expectProblem } from '../security/security-fixture';
import {
  compare,
  connectVendor,
  deadLettersOf,
  FAST_DELIVERY,
  overEach,
  placeOrder,
  readJob,
  readOrder,
  settled,
  TRANSPORTS,
  untilErpStatus,
  type PlacedOrder,
  type Transport,
} from '../support/erp';
import { eventually, registerAgent, startHub, type Hub, type HubReply, type TestAgent } from '../support/hub';
import { item, UNIT, VAT } from '../support/rows';

const NOBODY = '00000000-0000-4000-8000-000000000000';

let hub: Hub;
let erp: StandInErp;
let other: TestAgent;
/** Accept every order, do it (once, whatever the tests say of it), and leave the callbacks to them. */
const silent = new Map<Transport, TestAgent>();
beforeAll(async () => {
  erp = await startStandInErp();
  hub = await startHub({ env: { ...FAST_DELIVERY, SYNC_CALLBACK_TIMEOUT_MS: '60000' } });
  await erp.setHubs([hub.baseUrl]);
  const plan: FaultPlan = [{ match: { call: 'create-order' }, fault: { kind: 'accept_silently' } }];
  for (const transport of TRANSPORTS) {
    silent.set(transport, await connectVendor(hub, erp, `${transport}-silent`, { transport, idempotent: true, plan }));
  }
  other = await connectVendor(hub, erp, 'other');
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
});

/** An order, and the agent that has it. */
interface Given extends PlacedOrder {
  agent: TestAgent;
}

const call = (agent: TestAgent, body: Record<string, unknown>): Promise<HubReply> => hub.agent(agent, 'POST', '/api/agents/callback', body);
/** The agent of an order calls back. */
const say = ({ agent }: Pick<Given, 'agent'>, body: Record<string, unknown>) => call(agent, body);
const completed = ({ jobId }: PlacedOrder, more: object = {}) => ({ jobId, status: 'completed', attempt: 1, ...more });
const failed = ({ jobId }: PlacedOrder, more: object = {}) => ({ jobId, status: 'failed', attempt: 1, error: 'closed', ...more });

/** An order that the agent has accepted, and the ERP has done: it waits for its callback. */
async function accepted(transport: Transport, name: string): Promise<Given> {
  const agent = silent.get(transport) as TestAgent;
  const order = await placeOrder(hub, agent.vendorId, `N-${transport}-${name}`);
  await untilJob(order, 'awaiting_callback');
  return { ...order, agent };
}
async function untilJob({ jobId }: PlacedOrder, status: string): Promise<void> {
  await eventually(async () => (await readJob(hub, jobId)).status === status);
}
async function referenceOf({ orderNumber }: PlacedOrder): Promise<string> {
  return (await erp.ledger()).find((entry) => entry.orderNumber === orderNumber)?.reference ?? '';
}
/** One order of a vendor of its own, whose ERP has this plan, or whose first call meets this fault. */
async function placed(transport: Transport, name: string, plan: Fault | FaultPlan): Promise<Given> {
  const rules: FaultPlan = 'kind' in plan ? [{ match: { call: 'create-order', nth: 1 }, fault: plan }] : plan;
  const agent = await connectVendor(hub, erp, `${transport}-${name}`, { transport, plan: rules });
  return { ...(await placeOrder(hub, agent.vendorId, `N-${agent.vendorId}`)), agent };
}
const callsOf = async ({ agent }: Given) => (await erp.calls(agent.vendorId)).map(({ call: kind }) => kind);

describe('a callback that says "completed"', () => {
  it(
    'confirms the order, with the reference and what the agent says besides',
    overEach(async (transport) => {
      const order = await accepted(transport, 'done');
      const erpReference = await referenceOf(order);
      const reply = await say(order, completed(order, { erpReference, metadata: { by: 'Jeanne' } }));
      expect(reply).toMatchObject({ status: 200, body: { jobId: order.jobId, status: 'completed' } });
      expect((await readOrder(hub, order.id)).erp).toMatchObject({ status: 'confirmed', erpReference, error: null });
      expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'completed', erpReference, metadata: { by: 'Jeanne' } });
    }),
  );

  it(
    'has one effect, however often it comes at once',
    overEach(async (transport) => {
      const order = await accepted(transport, 'twenty');
      const erpReference = await referenceOf(order);
      const replies = await Promise.all(Array.from({ length: 20 }, () => say(order, completed(order, { erpReference }))));
      expect(replies.map(({ status, body }) => [status, body.status])).toEqual(Array.from({ length: 20 }, () => [200, 'completed']));
      const before = await readJob(hub, order.jobId);
      await say(order, completed(order, { erpReference: 'SO-later', metadata: { later: true } }));
      expect(await readJob(hub, order.jobId)).toEqual(before);
    }),
  );

  it('counts once as the time from placed until confirmed', async () => {
    const counted = async () => {
      const { body } = await hub.request('GET', '/metrics');
      return Number(/^sync_delivery_seconds_count\{operation="create_order",until="confirmed"\} (\d+)$/m.exec(body as string)?.[1] ?? 0);
    };
    const order = await accepted('push', 'timed');
    const before = await counted();
    for (let time = 0; time < 2; time++) await say(order, completed(order, { erpReference: await referenceOf(order) }));
    expect(await counted()).toBe(before + 1);
  });

  it(
    'needs no attempt, and wins whichever attempt it names',
    overEach(async (transport) => {
      const orders = await Promise.all([accepted(transport, 'without'), accepted(transport, 'another')]);
      for (const [i, attempt] of [null, 7].entries()) {
        const order = orders[i] as Given;
        expect((await say(order, completed(order, { attempt, erpReference: await referenceOf(order) }))).body.status).toBe('completed');
      }
    }),
  );

  it(
    'contradicts nothing that came before: not a failure, not a dead letter, which it closes',
    overEach(async (transport) => {
      const order = await accepted(transport, 'late');
      expect((await say(order, failed(order, { retryable: false }))).body.status).toBe('failed');
      const [letter] = await deadLettersOf(hub, order.jobId);
      expect((await readOrder(hub, order.id)).erp).toMatchObject({ status: 'failed', error: 'closed' });
      expect((await say(order, completed(order, { erpReference: await referenceOf(order) }))).body.status).toBe('completed');
      expect((await hub.admin('GET', `/api/admin/dlq/${letter?.id}`)).body).toMatchObject({ resolved: true, resolution: 'late_callback' });
      expect((await readOrder(hub, order.id)).erp).toMatchObject({ status: 'confirmed', error: null });
    }),
  );

  it(
    'changes nothing when a person has said so before, under another reference',
    overEach(async (transport) => {
      const order = await accepted(transport, 'by-hand');
      await say(order, failed(order, { retryable: false }));
      const [letter] = await deadLettersOf(hub, order.jobId);
      const erpReference = await referenceOf(order);
      await hub.admin('POST', `/api/admin/dlq/${letter?.id}/resolve`, { resolvedBy: 'Jeanne', erpReference });
      expect((await say(order, completed(order, { erpReference: 'SO-other' }))).body.status).toBe('completed');
      expect((await readOrder(hub, order.id)).erp).toMatchObject({ status: 'confirmed', erpReference });
    }),
  );

  it(
    'is kept after the order was given up, and cancels it at the ERP, once',
    overEach(async (transport) => {
      const order = await accepted(transport, 'given-up');
      const erpReference = await referenceOf(order);
      await say(order, failed(order, { retryable: false }));
      const [letter] = await deadLettersOf(hub, order.jobId);
      await hub.admin('POST', `/api/admin/dlq/${letter?.id}/resolve`, { resolvedBy: 'Jeanne' });
      expect((await readOrder(hub, order.id)).erp.status).toBe('cancelled');
      const replies = await Promise.all(Array.from({ length: 10 }, () => say(order, completed(order, { erpReference }))));
      expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
      await untilErpStatus(hub, order.id, 'cancelled');
      expect((await readOrder(hub, order.id)).erp.erpReference).toBe(erpReference);
      expect((await erp.ledger(order.agent.vendorId)).find(({ reference }) => reference === erpReference)).toMatchObject({
        cancelCount: 1,
      });
      expect(hub.logs()).toContain('late_callback_after_cancel');
    }),
  );

  it('is a conflict while no attempt has started', async () => {
    const agent = await registerAgent(hub, 'polling');
    await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'polling', mappings: [UNIT, VAT] });
    await hub.agent(agent, 'POST', '/api/sync/items', { items: ['A-1', 'A-2', 'A-3'].map((sku) => item(sku)) });
    const order = await placeOrder(hub, 'polling', 'N-polling');
    expectProblem(await call(agent, completed(order)), 409, 'conflict');
    expect((await call(agent, failed(order))).body).toEqual({ jobId: order.jobId, status: 'pending' });
    expect((await readOrder(hub, order.id)).erp.status).toBe('pending');
    await hub.admin('POST', `/api/orders/${order.id}/cancel`);
    expectProblem(await call(agent, completed(order)), 409, 'conflict');
  });
});

describe('a callback that says "failed"', () => {
  it(
    'leads to another try of the attempt that it names, or of the one that is under way when it names none',
    overEach(async (transport) => {
      const [named, unnamed] = await Promise.all([accepted(transport, 'named'), accepted(transport, 'unnamed')]);
      expect((await say(named, failed(named))).body.status).toBe('pending');
      expect((await say(unnamed, failed(unnamed, { attempt: null }))).body.status).toBe('pending');
      for (const order of [named, unnamed]) {
        await untilJob(order, 'awaiting_callback');
        expect(await readJob(hub, order.jobId)).toMatchObject({ attemptNo: 2, attemptsSpent: 2, errorCode: null });
        await say(order, completed(order, { erpReference: await referenceOf(order) }));
      }
    }),
  );

  it(
    'is a dead letter at once when trying again will not help',
    overEach(async (transport) => {
      const order = await accepted(transport, 'for-good');
      expect((await say(order, failed(order, { retryable: false, error: 'unknown customer' }))).body.status).toBe('failed');
      expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ failureCode: 'failed_for_good' }]);
      await say(order, completed(order, { erpReference: await referenceOf(order) }));
    }),
  );

  it(
    'changes nothing for another attempt, nor when it is repeated',
    overEach(async (transport) => {
      const order = await accepted(transport, 'attempts');
      for (const attempt of [2, 99, 2_147_483_647])
        expect((await say(order, failed(order, { attempt }))).body.status).toBe('awaiting_callback');
      await say(order, failed(order, { retryable: false }));
      const [letter] = await deadLettersOf(hub, order.jobId);
      expect((await say(order, failed(order, { error: 'again' }))).body.status).toBe('failed');
      expect(await deadLettersOf(hub, order.jobId)).toEqual([letter]);
      await say(order, completed(order, { erpReference: await referenceOf(order) }));
    }),
  );

  it(
    'is a conflict for what is completed',
    overEach(async (transport) => {
      const order = await accepted(transport, 'contradicting');
      await say(order, completed(order, { erpReference: await referenceOf(order) }));
      expectProblem(await say(order, failed(order)), 409, 'conflict');
      expect((await readOrder(hub, order.id)).erp.status).toBe('confirmed');
    }),
  );

  it(
    'without a word is a failure that may pass',
    overEach(async (transport) => {
      const order = await accepted(transport, 'wordless');
      expect((await say(order, { jobId: order.jobId, status: 'failed' })).body.status).toBe('pending');
      expect((await readJob(hub, order.jobId)).errorCode).toBe('erp_failed');
      await say(order, completed(order, { erpReference: await referenceOf(order) }));
    }),
  );
});

describe('a callback that is faster than the reply to the call', () => {
  it(
    'completes the order, and the reply changes nothing',
    overEach(async (transport) => {
      const order = await placed(transport, 'first', { kind: 'callback_first' });
      await untilErpStatus(hub, order.id, 'confirmed');
      await eventually(async () => (await readJob(hub, order.jobId)).attempts[0]?.outcome === 'completed');
      expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'completed', attemptNo: 1 });
    }),
  );

  it(
    'fails the order for good, and the call that then ends nobody knows how changes nothing',
    overEach(async (transport) => {
      const order = await placed(transport, 'fails-first', { kind: 'hang' });
      await untilJob(order, 'processing');
      expect((await say(order, failed(order, { retryable: false }))).body.status).toBe('failed');
      await eventually(async () => (await readJob(hub, order.jobId)).attempts[0]?.outcome === 'timeout');
      expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'failed', attemptsSpent: 1, mustAsk: false });
      expect(await callsOf(order)).toHaveLength(1);
    }),
  );

  it(
    'is overruled by a reply that says that it was done after all',
    overEach(async (transport) => {
      const order = await placed(transport, 'lies', { kind: 'slow', ms: 500, created: true });
      await untilJob(order, 'processing');
      expect((await say(order, failed(order, { retryable: false }))).body.status).toBe('failed');
      await untilErpStatus(hub, order.id, 'confirmed');
      expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ resolved: true, resolution: 'late_callback' }]);
    }),
  );

  it(
    'leads to the next try, whose call is the one that counts from then on',
    overEach(async (transport) => {
      const order = await placed(transport, 'fails-for-now', { kind: 'hang' });
      await untilJob(order, 'processing');
      expect((await say(order, failed(order))).body.status).toBe('pending');
      await untilErpStatus(hub, order.id, 'confirmed');
      expect(await readJob(hub, order.jobId)).toMatchObject({ attemptNo: 2, attemptsSpent: 1 });
      // It was known to have failed: there was nothing to ask.
      expect(await callsOf(order)).toEqual(['create-order', 'create-order']);
    }),
  );
});

it(
  'a callback about a call that is just being asked after counts that call once',
  overEach(async (transport) => {
    const order = await placed(transport, 'asked', [
      { match: { call: 'create-order', nth: 1 }, fault: { kind: 'hang' } },
      { match: { call: 'order-status', nth: 1 }, fault: { kind: 'slow', ms: 800 } },
    ]);
    await eventually(async () => (await callsOf(order)).at(-1) === 'order-status');
    expect((await say(order, failed(order))).body.status).toBe('pending');
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await readJob(hub, order.jobId)).toMatchObject({ attemptNo: 3, attemptsSpent: 1 });
    expect(await callsOf(order)).toEqual(['create-order', 'order-status', 'create-order']);
  }),
);

describe('a callback that is not to be taken', () => {
  it(
    'is not found when it is about a job of another vendor, or of nobody, and changes nothing',
    overEach(async (transport) => {
      const order = await accepted(transport, 'foreign');
      const before = await readJob(hub, order.jobId);
      for (const body of [completed(order, { erpReference: 'SO-stolen' }), failed(order)]) {
        expectProblem(await call(other, body), 404, 'not_found');
        expectProblem(await say(order, { ...body, jobId: NOBODY }), 404, 'not_found');
      }
      expect(await readJob(hub, order.jobId)).toEqual(before);
      expectProblem(await say(order, { ...completed(order), vendorId: 'other' }), 403, 'vendor_mismatch');
      const { vendorId } = order.agent;
      expect((await say(order, { ...completed(order, { erpReference: await referenceOf(order) }), vendorId })).status).toBe(200);
    }),
  );

  it.each<[string, object]>([
    ['jobId', { jobId: 'x' }],
    ['jobId', { jobId: undefined }],
    ['status', { status: 'accepted' }],
    ['status', { status: undefined }],
    ['attempt', { attempt: 0 }],
    ['attempt', { attempt: '1' }],
    ['attempt', { attempt: 2 ** 31 }],
    ['erpReference', { erpReference: '' }],
    ['erpReference', { erpReference: 'x'.repeat(256) }],
    ['erpReference', { erpReference: 'a\0b' }],
    ['error', { error: 'x'.repeat(10_001) }],
    ['retryable', { retryable: 'no' }],
    ['metadata', { metadata: [] }],
    ['metadata', { metadata: { text: 'x'.repeat(17_000) } }],
    ['extra', { extra: 1 }],
  ])('names the field that is wrong: %s', async (path, change) => {
    const reply = await call(other, { jobId: NOBODY, status: 'completed', ...change });
    expectProblem(reply, 400, 'invalid_request');
    expect((reply.body.errors as { path: string }[]).some((each) => each.path === path || each.path.startsWith(`${path}.`))).toBe(true);
  });

  it('is refused as a whole over a megabyte, and without a body', async () => {
    expectProblem(await call(other, { jobId: NOBODY, status: 'failed', error: 'x'.repeat(1_100_000) }), 413, 'payload_too_large');
    expectProblem(await hub.agent(other, 'POST', '/api/agents/callback'), 400, 'invalid_request');
  });

  it('is refused over the rate limit when its job is finished or unknown, and taken while it is open', async () => {
    const narrow = await startHub({ beside: hub, env: { ...FAST_DELIVERY, ROLE: 'api', RATE_LIMIT_AGENT: '1' } });
    try {
      const order = await accepted('pull', 'limited');
      const post = (body: object) => narrow.agent(order.agent, 'POST', '/api/agents/callback', body);
      await narrow.agent(order.agent, 'POST', '/api/agents/heartbeat');
      for (let n = 0; n < 3; n++) expect((await post(failed(order, { attempt: 9 }))).status).toBe(200);
      expectProblem(await post({ jobId: NOBODY, status: 'completed' }), 429, 'rate_limited');
      expect((await post(completed(order, { erpReference: await referenceOf(order) }))).body.status).toBe('completed');
      const refused = await post(completed(order));
      expectProblem(refused, 429, 'rate_limited');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    } finally {
      await narrow.stop();
    }
  });
});

it(
  'carries the correlation id of the order to the agent, in every call about it',
  overEach(async (transport) => {
    const vendorId = `${transport}-correlated`;
    const plan: FaultPlan = [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'fail', retryable: true } }];
    await connectVendor(hub, erp, vendorId, { transport, plan });
    const body = { vendorId, erpCustomerCode: 'C1', lines: [{ sku: 'A-1', quantity: 1, unitPrice: '1' }] };
    const headers = { 'x-api-key': hub.apiSecret, 'x-correlation-id': 'trace-me.1' };
    const { id } = (await hub.request('POST', '/api/orders', body, headers)).body as { id: string };
    await untilErpStatus(hub, id, 'confirmed');
    expect((await erp.calls(vendorId)).map(({ correlationId }) => correlationId)).toEqual(['trace-me.1', 'trace-me.1']);
  }),
);

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp)).toEqual([]);
});
