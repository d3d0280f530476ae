import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import { expectProblem } from '../security/security-fixture';
import { FAST_DELIVERY, placeOrder, readJob, readOrder, SKUS, untilErpStatus } from '../support/erp';
import { eventually, registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';
import { item, UNIT, VAT } from '../support/rows';

let hub: Hub;
let replying: TestAgent | undefined;
beforeAll(async () => {
  hub = await startHub({ env: { ...FAST_DELIVERY, AGENT_TIMEOUT_MS: '3000', BREAKER_WINDOW_MS: '60000' } });
});
afterAll(() => hub.stop());

/** A vendor with a catalogue, whose agent does not poll yet. */
async function connect(vendorId: string): Promise<TestAgent> {
  const agent = await registerAgent(hub, vendorId);
  await hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings: [UNIT, VAT] });
  await hub.agent(agent, 'POST', '/api/sync/items', { items: SKUS.map((sku) => item(sku)) });
  return agent;
}
const poll = (agent: TestAgent, body: unknown = {}) => hub.agent(agent, 'POST', '/api/agents/poll', body);
const reply = (agent: TestAgent, callId: string, body: unknown) => hub.agent(agent, 'POST', `/api/agents/calls/${callId}/reply`, body);

it('brings an order to an agent that polls, and its reply to the order', async () => {
  const agent = await connect('polling');
  const polled = poll(agent, { waitSeconds: 30 });
  const order = await placeOrder(hub, 'polling', 'N-1');
  const { status, body } = await polled;
  expect(status).toBe(200);
  const [call] = body.calls as [PolledCall];
  expect(body.calls).toHaveLength(1);
  expect(JSON.parse(call.body)).toMatchObject({
    jobId: order.jobId,
    orderId: order.id,
    orderNumber: 'N-1',
    attempt: 1,
    order: { lines: [{}, {}, {}] },
  });
  expect(call).toMatchObject({ path: '/sync/create-order', headers: { 'idempotency-key': order.jobId } });
  const answered = await reply(agent, call.callId, { status: 200, body: { status: 'completed', erpReference: 'SO-7' } });
  expect([answered.status, answered.body]).toEqual([204, '']);
  await untilErpStatus(hub, order.id, 'confirmed');
  expect(await readOrder(hub, order.id)).toMatchObject({ erp: { erpReference: 'SO-7' } });
});

it('holds an order while its agent does not poll, and spends nothing on a call that nobody fetches', async () => {
  const agent = await connect('away');
  const order = await placeOrder(hub, 'away', 'N-1');
  const held = (when: string) =>
    eventually(async () => {
      const job = await readJob(hub, order.jobId);
      return job.heldReason === 'agent_not_polling' && job.attempts.at(-1)?.outcome !== null && { when, ...job };
    });
  expect(await held('before any poll')).toMatchObject({ status: 'pending', attemptNo: 0 });
  // The first poll tells that it is there; nobody comes for the call that is offered then.
  expect((await poll(agent, { waitSeconds: 0 })).body).toEqual({ calls: [] });
  await eventually(async () => (await readJob(hub, order.jobId)).status === 'processing');
  expect(await held('after the deadline')).toMatchObject({
    status: 'pending',
    mustAsk: false,
    attemptsSpent: 0,
    attempts: [{ attempt: 1, outcome: 'not_fetched' }],
  });
  const { body } = await poll(agent);
  const [call] = body.calls as [PolledCall];
  expect(call.path).toBe('/sync/create-order');
  await reply(agent, call.callId, { status: 200, body: { status: 'completed', erpReference: 'SO-8' } });
  await untilErpStatus(hub, order.id, 'confirmed');
});

it('gives nothing to an agent of another vendor', async () => {
  const [mine, theirs] = [await connect('mine'), await connect('theirs')];
  const polled = poll(theirs, { waitSeconds: 1 });
  await poll(mine, { waitSeconds: 0 });
  await placeOrder(hub, 'mine', 'N-1');
  const { body } = await poll(mine);
  const [call] = body.calls as [PolledCall];
  expect((await polled).body).toEqual({ calls: [] });
  expectProblem(await reply(theirs, call.callId, { status: 500 }), 404, 'not_found');
  expect((await reply(mine, call.callId, { status: 202, body: { accepted: true } })).status).toBe(204);
});

describe('a poll that is wrong', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await registerAgent(hub, 'wrong');
  });

  it.each<[unknown, string]>([
    [{ max: 0 }, 'max'],
    [{ max: 51 }, 'max'],
    [{ waitSeconds: 31 }, 'waitSeconds'],
    [{ waitSeconds: -1 }, 'waitSeconds'],
    [{ wait: 3 }, 'wait'],
  ])('says what is wrong: %j', async (body, field) => {
    const refused = await poll(agent, body);
    expectProblem(refused, 400, 'invalid_request');
    expect(JSON.stringify(refused.body.errors)).toContain(field);
  });

  it('is refused for another vendor than the credential', async () => {
    expectProblem(await poll(agent, { vendorId: 'mine' }), 403, 'vendor_mismatch');
    expectProblem(await poll({ ...agent, vendorId: 'mine' }), 401, 'unauthorized');
  });

  it('ends at once when the agent is disabled, and is refused then', async () => {
    const began = poll(agent, { waitSeconds: 0 }).then(() => poll(agent, { waitSeconds: 30 }));
    await hub.admin('PUT', '/api/admin/agents/wrong', { enabled: false });
    expect([200, 403]).toContain((await began).status);
    expectProblem(await poll(agent), 403, 'agent_disabled');
  });
});

it.each<[unknown, string]>([
  [{ status: 199 }, 'status'],
  [{ status: 600 }, 'status'],
  [{}, 'status'],
  [{ status: 200, headers: { a: 1 } }, 'headers'],
])('says what is wrong with a reply: %j', async (body, field) => {
  replying ??= await registerAgent(hub, 'replying');
  const agent = replying;
  const refused = await reply(agent, '019ab0c4-8f2e-7c31-9d55-3f0e8a6b7c21', body);
  expectProblem(refused, 400, 'invalid_request');
  expect(JSON.stringify(refused.body.errors)).toContain(field);
});

it('refuses a reply over 10 MB', async () => {
  const agent = await registerAgent(hub, 'large');
  const refused = await reply(agent, '019ab0c4-8f2e-7c31-9d55-3f0e8a6b7c21', { status: 200, body: 'x'.repeat(10 * 1024 * 1024) });
  expectProblem(refused, 413, 'payload_too_large');
});
