import type { VendorOptions } from '@repo/stand-in-erp/control';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { outboundSecrets, type OutboundSecrets } from '../../src/modules/sync/agents/outbound-secrets';
import { expectProblem } from '../security/security-fixture';
import { compare, connectVendor, deadLettersOf, FAST_DELIVERY, placeOrder, readJob, settled, untilErpStatus } from '../support/erp';
import { eventually, startHub, type Hub, type TestAgent } from '../support/hub';

const OFFLINE_AFTER_S = 2;
const ENV = { ...FAST_DELIVERY, AGENT_DEGRADED_AFTER_S: '1', AGENT_OFFLINE_AFTER_S: String(OFFLINE_AFTER_S) };

let hub: Hub;
let erp: StandInErp;
beforeAll(async () => {
  erp = await startStandInErp();
  hub = await startHub({ env: ENV });
  await erp.setHubs([hub.baseUrl]);
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
});

/** A vendor whose agent is heard of often enough. */
const connect = (vendorId: string, more: Partial<VendorOptions> = {}) => connectVendor(hub, erp, vendorId, { heartbeatMs: 500, ...more });
const change = (vendorId: string, body: object) => hub.admin('PUT', `/api/admin/agents/${vendorId}`, body);
const place = (vendorId: string, n = 1) => placeOrder(hub, vendorId, `N-${vendorId}-${n}`);
const callsOf = async (vendorId: string) => (await erp.calls(vendorId)).map(({ call }) => call);

/** What a registration or a rotation hands out for calls to the agent. */
const secretsOf = ({ outboundToken, signingSecret }: OutboundSecrets): OutboundSecrets => ({ outboundToken, signingSecret });

/** Waits until a job is held for this reason, and gives it as it is then. */
async function untilHeld(jobId: string, reason: string) {
  return eventually(async () => {
    const job = await readJob(hub, jobId);
    return job.heldReason === reason && job;
  });
}

describe('orders of a vendor whose agent cannot be called', () => {
  it('wait while it is disabled, and are delivered when it is enabled', async () => {
    await connect('disabled');
    await change('disabled', { enabled: false });
    const order = await place('disabled');
    expect(await untilHeld(order.jobId, 'agent_disabled')).toMatchObject({ status: 'pending', attemptNo: 0 });
    const listed = await hub.admin('GET', '/api/admin/sync-jobs?vendorId=disabled&status=pending&operation=create_order');
    expect(listed.body).toMatchObject({ data: [{ id: order.jobId, heldReason: 'agent_disabled' }], meta: { total: 1 } });
    expect(await callsOf('disabled')).toEqual([]);
    await change('disabled', { enabled: true });
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await readJob(hub, order.jobId)).toMatchObject({ heldReason: null, attemptNo: 1 });
  });

  it('wait while it is not heard of, and are delivered when it is', async () => {
    await connect('offline', { heartbeatMs: 0 });
    await eventually(async () => (await hub.admin('GET', '/api/admin/agents/offline')).body.status === 'offline');
    const order = await place('offline');
    expect(await untilHeld(order.jobId, 'agent_offline')).toMatchObject({ attemptNo: 0 });
    expect(await callsOf('offline')).toEqual([]);
    await erp.updateVendor('offline', { heartbeatMs: 200 });
    await untilErpStatus(hub, order.id, 'confirmed');
  });

  it('are accepted before it ever registered, and delivered when it has', async () => {
    const { token } = await connect('unregistered');
    // The catalogue is there, the agent is not: as after a restore, or with a catalogue that came another way.
    await erp.updateVendor('unregistered', { heartbeatMs: 0 });
    await hub.pool.query(`delete from agent_registry where vendor_id = 'unregistered'`);
    const order = await place('unregistered');
    await untilHeld(order.jobId, 'agent_unregistered');
    const registered = await hub.request(
      'POST',
      '/api/agents/register',
      { vendorId: 'unregistered', erpType: 'x', agentUrl: erp.agentUrl('unregistered'), authToken: token },
      { authorization: `Bearer ${hub.agentSecret}` },
    );
    expect(registered.status).toBe(201);
    await erp.updateVendor('unregistered', { ...secretsOf(registered.body), heartbeatMs: 500 });
    await untilErpStatus(hub, order.id, 'confirmed');
  });
});

describe("orders of a vendor whose agent refuses the hub's credentials", () => {
  /** What gives the agent the right secrets again, or says that something was changed. */
  const RELEASES: Record<string, (agent: TestAgent, right: OutboundSecrets) => Promise<unknown>> = {
    async rotation(agent) {
      const { body } = await hub.agent(agent, 'POST', '/api/agents/token/rotate');
      await erp.updateVendor(agent.vendorId, { token: body.token, ...secretsOf(body) });
    },
    async registration(agent, right) {
      await erp.updateVendor(agent.vendorId, right);
      const { vendorId, token } = agent;
      const body = { vendorId, version: '2' };
      expect((await hub.request('POST', '/api/agents/register', body, { authorization: `Bearer ${token}` })).status).toBe(200);
    },
    async 'change by an admin'({ vendorId }, right) {
      await erp.updateVendor(vendorId, right);
      await change(vendorId, { agentUrl: erp.agentUrl(vendorId) });
    },
  };

  it.each(Object.keys(RELEASES))('are not called for one after the other, cost nothing, and are delivered after a %s', async (how) => {
    const vendorId = `refusing-${how.replaceAll(' ', '-')}`;
    const agent = await connect(vendorId);
    const right = outboundSecrets(hub.outboundSecret, vendorId, 1);
    await erp.updateVendor(vendorId, { outboundToken: 'another-token' });
    const first = await place(vendorId, 1);
    await untilHeld(first.jobId, 'agent_unauthorized');
    const others = await Promise.all([2, 3, 4].map((n) => place(vendorId, n)));
    for (const { jobId } of others) expect(await untilHeld(jobId, 'agent_unauthorized')).toMatchObject({ attemptNo: 0 });
    expect(await readJob(hub, first.jobId)).toMatchObject({ attemptsSpent: 0, attempts: [{ outcome: 'unauthorized', httpStatus: 401 }] });
    expect(await callsOf(vendorId)).toEqual(['create-order']);
    await RELEASES[how]?.(agent, right);
    for (const { id } of [first, ...others]) await untilErpStatus(hub, id, 'confirmed');
    expect(await readJob(hub, first.jobId)).toMatchObject({ attemptsSpent: 0, attemptNo: 2 });
  });

  it('are held after a 403, too', async () => {
    await connect('forbidding', { plan: [{ match: { nth: 1 }, fault: { kind: 'forbidden' } }] });
    const order = await place('forbidding');
    expect(await untilHeld(order.jobId, 'agent_unauthorized')).toMatchObject({ attempts: [{ httpStatus: 403 }], attemptsSpent: 0 });
    await change('forbidding', { enabled: true });
    await untilErpStatus(hub, order.id, 'confirmed');
  });

  it('have one among them that tries when its time has come, and go on when the agent takes it', async () => {
    await connect('coming-round', { plan: [{ match: { nth: 1, orderNumber: 'N-coming-round-1' }, fault: { kind: 'unauthorized' } }] });
    const first = await place('coming-round', 1);
    await untilHeld(first.jobId, 'agent_unauthorized');
    const other = await place('coming-round', 2);
    await untilHeld(other.jobId, 'agent_unauthorized');
    // A quarter of an hour later.
    await hub.pool.query(`update agent_registry set next_probe_at = now() where vendor_id = 'coming-round'`);
    for (const { id } of [first, other]) await untilErpStatus(hub, id, 'confirmed');
  });
});

describe('jobs of one order', () => {
  it('are done one after the other, while the creation hangs', async () => {
    await connect('hanging', { plan: [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'hang_after_creating' } }] });
    const order = await place('hanging');
    await eventually(async () => (await readJob(hub, order.jobId)).status === 'processing');
    const { body } = await hub.admin('POST', `/api/orders/${order.id}/cancel`);
    expect(body.erp.status).toBe('cancelling');
    await untilHeld(body.erp.jobId, 'earlier_job');
    await untilErpStatus(hub, order.id, 'cancelled');
    expect(await callsOf('hanging')).toEqual(['create-order', 'order-status', 'cancel-order']);
    expect(await erp.ledger('hanging')).toMatchObject([{ cancelCount: 1 }]);
  });

  it('are done one after the other, while the creation waits for its callback', async () => {
    await connect('accepting', { plan: [{ match: { call: 'create-order' }, fault: { kind: 'accept', delayMs: 700 } }] });
    const order = await place('accepting');
    await eventually(async () => (await readJob(hub, order.jobId)).status === 'awaiting_callback');
    const { body } = await hub.admin('POST', `/api/admin/sync-jobs/${order.jobId}/cancel`);
    expect(body.erp.status).toBe('cancelling');
    expect(await untilHeld(body.erp.jobId, 'earlier_job')).toMatchObject({ attemptNo: 0 });
    await untilErpStatus(hub, order.id, 'cancelled');
    expect(await callsOf('accepting')).toEqual(['create-order', 'cancel-order']);
  });
});

describe('open jobs of an agent that is deregistered', () => {
  it('are dead letters, and what it had accepted is asked after before it is sent again', async () => {
    const agent = await connect('leaving', { plan: [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'accept_silently' } }] });
    const order = await place('leaving');
    await eventually(async () => (await readJob(hub, order.jobId)).status === 'awaiting_callback');
    await hub.admin('DELETE', '/api/admin/agents/leaving');
    await untilErpStatus(hub, order.id, 'failed');
    const [letter] = await deadLettersOf(hub, order.jobId);
    expect(letter).toMatchObject({ failureCode: 'agent_deregistered' });
    const { body: enrolment } = await hub.admin('POST', '/api/admin/agents/leaving/enrolment');
    const registration = { vendorId: 'leaving', erpType: 'x', agentUrl: erp.agentUrl('leaving'), authToken: agent.token };
    const { body } = await hub.request('POST', '/api/agents/register', registration, { authorization: `Bearer ${enrolment.code}` });
    await erp.updateVendor('leaving', secretsOf(body));
    await hub.admin('POST', `/api/admin/dlq/${letter?.id}/retry`);
    await untilErpStatus(hub, order.id, 'confirmed');
    expect(await callsOf('leaving')).toEqual(['create-order', 'order-status']);
    expect(await erp.ledger('leaving')).toHaveLength(1);
  });
});

it('a job that is open for too long is a dead letter, whatever it waits for', async () => {
  const hasty = await startHub({ beside: hub, env: { ...ENV, ROLE: 'api', SYNC_EXPIRES_S: '1' } });
  try {
    await connect('expiring');
    await change('expiring', { enabled: false });
    const order = await placeOrder(hasty, 'expiring', 'N-expiring');
    await untilErpStatus(hub, order.id, 'failed');
    expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ failureCode: 'expired' }]);
    expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'failed', attemptNo: 0, heldReason: null });
    await change('expiring', { enabled: true });
    const [letter] = await deadLettersOf(hub, order.jobId);
    await hub.admin('POST', `/api/admin/dlq/${letter?.id}/retry`);
    await untilErpStatus(hub, order.id, 'confirmed');
  } finally {
    await hasty.stop();
  }
});

describe('what ops see and do of a job', () => {
  it('is the same by both routes', async () => {
    await connect('seen');
    const order = await place('seen');
    await untilErpStatus(hub, order.id, 'confirmed');
    const { body } = await hub.admin('GET', `/api/admin/sync-jobs/${order.jobId}`);
    expect(body).toMatchObject({
      id: order.jobId,
      orderId: order.id,
      status: 'completed',
      attempts: [{ attempt: 1, outcome: 'completed' }],
    });
    expect((await hub.admin('GET', `/api/admin/sync-status/${order.jobId}`)).body).toEqual(body);
    for (const path of ['sync-jobs', 'sync-status']) {
      expectProblem(await hub.admin('GET', `/api/admin/${path}/00000000-0000-4000-8000-000000000000`), 404, 'not_found');
    }
  });

  it('cancels its order, once, and is in the audit log', async () => {
    await connect('cancelled');
    await change('cancelled', { enabled: false });
    const order = await place('cancelled');
    const cancel = () => hub.admin('POST', `/api/admin/sync-jobs/${order.jobId}/cancel`);
    expect(await cancel()).toMatchObject({ status: 200, body: { id: order.id, erp: { status: 'cancelled' } } });
    expect((await readJob(hub, order.jobId)).status).toBe('cancelled');
    expectProblem(await cancel(), 409, 'invalid_transition');
    const { body } = await hub.admin('GET', '/api/admin/audit?vendorId=cancelled&action=order.cancel');
    expect(body.data).toMatchObject([
      { target: `order:${order.id}`, before: { erpStatus: 'pending' }, after: { erpStatus: 'cancelled', jobId: order.jobId } },
    ]);
    expectProblem(await hub.admin('POST', '/api/admin/sync-jobs/00000000-0000-4000-8000-000000000000/cancel'), 404, 'not_found');
    await change('cancelled', { enabled: true });
  });
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp)).toEqual([]);
});
