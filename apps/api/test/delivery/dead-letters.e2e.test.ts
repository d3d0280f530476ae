import type { FaultPlan } from '@repo/stand-in-erp/faults';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { credential, expectProblem, KEYS, startHubWithKeys } from '../security/security-fixture';
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
  untilErpStatus,
  type PlacedOrder,
  type Transport,
} from '../support/erp';
import { eventually, type Hub, type HubReply, type TestAgent } from '../support/hub';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const ATTEMPTS = 2;

let hub: Hub;
let erp: StandInErp;
beforeAll(async () => {
  erp = await startStandInErp();
  hub = await startHubWithKeys({ ...FAST_DELIVERY, SYNC_RETRY_ATTEMPTS: String(ATTEMPTS), SYNC_CALLBACK_TIMEOUT_MS: '60000' });
  await erp.setHubs([hub.baseUrl]);
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
});

/** As a named admin, who is the actor in the audit log. */
const alice = (method: string, path: string, body?: unknown): Promise<HubReply> =>
  hub.request(method, `/api/admin/dlq${path}`, body, { 'x-api-key': KEYS.admin.secret });
const retry = (id: string) => alice('POST', `/${id}/retry`);
const resolve = (id: string, more: object = {}) => alice('POST', `/${id}/resolve`, { resolvedBy: 'Jeanne', ...more });

const REFUSED_ONCE: FaultPlan = [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'reject', status: 422 } }];

interface Dead {
  agent: TestAgent;
  order: PlacedOrder;
  letterId: string;
}

/** An order of a vendor of its own that became a dead letter. */
async function dead(
  transport: Transport,
  name: string,
  options: Parameters<typeof connectVendor>[3] = { plan: REFUSED_ONCE },
): Promise<Dead> {
  const vendorId = `${transport}-${name}`;
  const agent = await connectVendor(hub, erp, vendorId, { transport, ...options });
  const order = await placeOrder(hub, vendorId, `N-${vendorId}`);
  return { agent, order, letterId: await letterOf(order) };
}
async function letterOf({ jobId }: { jobId: string }): Promise<string> {
  return eventually(async () => (await deadLettersOf(hub, jobId)).find(({ resolved }) => !resolved)?.id);
}
const ACCEPTING: FaultPlan = [{ match: { call: 'create-order' }, fault: { kind: 'accept_silently' } }];

/** As {@link dead}, but the ERP has the order, and a cancellation waits behind its creation. */
async function deadWithCancellation(transport: Transport, name: string): Promise<Dead & { reference: string; cancelJobId: string }> {
  const vendorId = `${transport}-${name}`;
  const agent = await connectVendor(hub, erp, vendorId, { transport, plan: ACCEPTING });
  const order = await placeOrder(hub, vendorId, `N-${vendorId}`);
  await eventually(async () => (await readJob(hub, order.jobId)).status === 'awaiting_callback');
  const cancelled = await hub.admin('POST', `/api/orders/${order.id}/cancel`);
  await hub.agent(agent, 'POST', '/api/agents/callback', { jobId: order.jobId, status: 'failed', error: 'no', retryable: false });
  const [entry] = await erp.ledger(vendorId);
  return { agent, order, letterId: await letterOf(order), reference: entry?.reference ?? '', cancelJobId: cancelled.body.erp.jobId };
}
const callBack = (agent: TestAgent, { jobId }: PlacedOrder, erpReference: string) =>
  hub.agent(agent, 'POST', '/api/agents/callback', { jobId, status: 'completed', erpReference });
const auditOf = async (action: string, vendorId: string) =>
  (await hub.admin('GET', `/api/admin/audit?action=${action}&vendorId=${vendorId}`)).body.data as Record<string, unknown>[];

describe('the list of dead letters', () => {
  let letters: Dead[];
  beforeAll(async () => {
    letters = await Promise.all([dead('push', 'listed-1'), dead('pull', 'listed-2')]);
    await resolve(letters[1]?.letterId ?? '', { note: 'n' });
  });
  const ids = async (query: string) => ((await alice('GET', `?${query}`)).body.data as { id: string }[]).map(({ id }) => id);

  it('is filtered by vendor, operation and whether they are dealt with', async () => {
    const [open, closed] = letters.map(({ letterId }) => letterId);
    expect(await ids('vendorId=push-listed-1')).toEqual([open]);
    expect(await ids('vendorId=push-listed-1&resolved=true')).toEqual([]);
    expect(await ids('vendorId=pull-listed-2&resolved=true&operation=create_order')).toEqual([closed]);
    expect(await ids('vendorId=pull-listed-2&operation=cancel_order')).toEqual([]);
    expect(await ids('resolved=false')).toContain(open);
    expect(await ids('resolved=false')).not.toContain(closed);
  });

  it('comes in pages, the newest first', async () => {
    const whole = (await alice('GET', '?limit=100')).body.data as { id: string; createdAt: string }[];
    expect(whole.map(({ createdAt }) => createdAt)).toEqual(whole.map(({ createdAt }) => createdAt).sort((a, b) => (a < b ? 1 : -1)));
    const second = (await alice('GET', '?limit=1&page=2')).body;
    expect(second).toMatchObject({
      data: [{ id: whole[1]?.id }],
      meta: { page: 2, limit: 1, total: whole.length, totalPages: whole.length },
    });
    for (const query of ['limit=0', 'limit=101', 'page=0', 'resolved=maybe', 'operation=x', 'nothing=1']) {
      expectProblem(await alice('GET', `?${query}`), 400, 'invalid_request');
    }
  });

  it('shows of each what was to be done, and why it was not', async () => {
    const { order, letterId } = letters[0] as Dead;
    expect((await alice('GET', `/${letterId}`)).body).toMatchObject({
      id: letterId,
      originalJobId: order.jobId,
      vendorId: 'push-listed-1',
      orderId: order.id,
      operation: 'create_order',
      payload: { id: order.id, orderNumber: order.orderNumber },
      failureCode: 'rejected',
      failureReason: 'The agent answered 422',
      attemptCount: 1,
      resolved: false,
      resolution: null,
    });
    for (const [method, path, body] of [
      ['GET', `/${NOBODY}`],
      ['POST', `/${NOBODY}/retry`],
      ['POST', `/${NOBODY}/resolve`, { resolvedBy: 'x' }],
    ] as const) {
      expectProblem(await alice(method, path, body), 404, 'not_found');
    }
  });

  it('and what is done with them is for admins alone', async () => {
    const { agent, letterId } = letters[0] as Dead;
    for (const [method, path] of [
      ['GET', ''],
      ['GET', `/${letterId}`],
      ['POST', `/${letterId}/retry`],
      ['POST', `/${letterId}/resolve`],
      ['POST', '/retry'],
    ] as const) {
      const body = method === 'GET' ? undefined : { resolvedBy: 'x' };
      const as = (headers: Record<string, string>) => hub.request(method, `/api/admin/dlq${path}`, body, headers);
      expectProblem(await as(credential(agent)), 401, 'unauthorized');
      expectProblem(await as({ 'x-api-key': KEYS.orders.secret }), 403, 'forbidden');
      expectProblem(await as({ 'x-api-key': KEYS.read.secret }), 403, 'forbidden');
    }
    expect((await alice('GET', `/${letterId}`)).body.resolved).toBe(false);
  });
});

describe('a retry', () => {
  it(
    'keeps the job, goes on numbering its attempts, and gives it more of them and more time',
    overEach(async (transport) => {
      const { order, letterId } = await dead(transport, 'retried');
      const before = await hub.admin('GET', `/api/admin/sync-jobs/${order.jobId}`);
      const reply = await retry(letterId);
      expect(reply).toMatchObject({ status: 202, body: { id: letterId, resolved: true, resolution: 'retried', resolvedBy: 'alice' } });
      expect(['pending', 'syncing', 'confirmed']).toContain((await readOrder(hub, order.id)).erp.status);
      await untilErpStatus(hub, order.id, 'confirmed');
      const { body: after } = await hub.admin('GET', `/api/admin/sync-jobs/${order.jobId}`);
      expect(after).toMatchObject({ id: order.jobId, attemptNo: 2, attemptsAllowed: 1 + ATTEMPTS, errorCode: null });
      expect(Date.parse(after.expiresAt)).toBeGreaterThan(Date.parse(before.body.expiresAt));
      const calls = await erp.calls(`${transport}-retried`);
      expect(calls.map(({ attempt, idempotencyKey }) => [attempt, idempotencyKey])).toEqual([
        [1, order.jobId],
        [2, order.jobId],
      ]);
      expect(await auditOf('dead_letter.retry', `${transport}-retried`)).toMatchObject([
        { actor: 'alice', target: `dead_letter:${letterId}`, after: { resolution: 'retried', jobId: order.jobId } },
      ]);
    }),
  );

  it(
    'asks first when nobody knew what had become of it',
    overEach(async (transport) => {
      const plan: FaultPlan = [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'drop_after_creating' } }];
      const { order, letterId } = await dead(transport, 'asked-first', { plan, orderStatus: false });
      expect(await deadLettersOf(hub, order.jobId)).toMatchObject([{ failureCode: 'outcome_unknown' }]);
      expect((await readJob(hub, order.jobId)).mustAsk).toBe(true);
      await erp.updateVendor(`${transport}-asked-first`, { orderStatus: true });
      await retry(letterId);
      await untilErpStatus(hub, order.id, 'confirmed');
      expect((await erp.calls(`${transport}-asked-first`)).map(({ call }) => call)).toEqual([
        'create-order',
        'order-status',
        'order-status',
      ]);
      expect(await erp.ledger(`${transport}-asked-first`)).toHaveLength(1);
    }),
  );

  it(
    'is done once, and not after a person has decided',
    overEach(async (transport) => {
      const { letterId } = await dead(transport, 'twice');
      expect((await retry(letterId)).status).toBe(202);
      expectProblem(await retry(letterId), 409, 'already_resolved');
      expectProblem(await resolve(letterId), 409, 'already_resolved');
    }),
  );

  it(
    'that fails again becomes another dead letter, after the attempts that it was given',
    overEach(async (transport) => {
      const { order, letterId } = await dead(transport, 'again', { plan: [{ fault: { kind: 'fail', retryable: true } }] });
      await retry(letterId);
      const second = await eventually(async () => (await deadLettersOf(hub, order.jobId)).find(({ resolved }) => !resolved));
      expect(second).toMatchObject({ failureCode: 'attempts_exhausted' });
      expect(await readJob(hub, order.jobId)).toMatchObject({ attemptNo: 2 * ATTEMPTS, attemptsSpent: 2 * ATTEMPTS });
    }),
  );

  it(
    'by one, a decision by another and a late callback have one winner between them',
    overEach(async (transport) => {
      const agent = await connectVendor(hub, erp, `${transport}-race`, { transport, plan: ACCEPTING, idempotent: true });
      const rounds = await Promise.all([1, 2, 3].map((n) => deadRace(agent, `N-${transport}-race-${n}`)));
      for (const { replies, resolution, order } of rounds) {
        const won = replies.filter(({ status }) => status === 202 || status === 200);
        // The callback is always taken; whether it closed the dead letter is written there.
        expect(won.length).toBe(resolution === 'late_callback' ? 1 : 2);
        expect(replies.filter(({ status }) => status === 409).every(({ body }) => body.code === 'already_resolved')).toBe(true);
        await untilErpStatus(hub, order.id, 'confirmed');
      }
    }),
  );

  async function deadRace(agent: TestAgent, orderNumber: string) {
    const order = await placeOrder(hub, agent.vendorId, orderNumber);
    await eventually(async () => (await readJob(hub, order.jobId)).status === 'awaiting_callback');
    await hub.agent(agent, 'POST', '/api/agents/callback', { jobId: order.jobId, status: 'failed', retryable: false });
    const letterId = await letterOf(order);
    const entry = (await erp.ledger(agent.vendorId)).find((each) => each.orderNumber === orderNumber);
    const erpReference = entry?.reference ?? '';
    const replies = await Promise.all([retry(letterId), resolve(letterId, { erpReference }), callBack(agent, order, erpReference)]);
    return { replies, order, resolution: (await alice('GET', `/${letterId}`)).body.resolution as string };
  }
});

describe('a decision by hand', () => {
  it(
    'with a reference confirms the order, and is in the audit log',
    overEach(async (transport) => {
      const plan: FaultPlan = [{ match: { call: 'create-order' }, fault: { kind: 'drop_after_creating' } }];
      const { order, letterId } = await dead(transport, 'found', { plan, orderStatus: false });
      const [entry] = await erp.ledger(`${transport}-found`);
      const reply = await resolve(letterId, { erpReference: entry?.reference, note: 'looked it up' });
      expect(reply).toMatchObject({ status: 200, body: { resolution: 'resolved', resolvedBy: 'Jeanne', resolutionNote: 'looked it up' } });
      expect((await readOrder(hub, order.id)).erp).toMatchObject({ status: 'confirmed', erpReference: entry?.reference, error: null });
      expect(await readJob(hub, order.jobId)).toMatchObject({ status: 'completed', mustAsk: false });
      expect(await auditOf('dead_letter.resolve', `${transport}-found`)).toMatchObject([
        { actor: 'alice', target: `dead_letter:${letterId}`, after: { resolvedBy: 'Jeanne', erpReference: entry?.reference } },
      ]);
    }),
  );

  it(
    'with a reference lets a cancellation that waited behind go on',
    overEach(async (transport) => {
      const { order, letterId, reference, cancelJobId } = await deadWithCancellation(transport, 'found-late');
      expect((await readOrder(hub, order.id)).erp.status).toBe('failed');
      expect(await readJob(hub, cancelJobId)).toMatchObject({ status: 'pending', heldReason: 'earlier_job' });
      await resolve(letterId, { erpReference: reference });
      await untilErpStatus(hub, order.id, 'cancelled');
      expect(await erp.ledger(`${transport}-found-late`)).toMatchObject([{ reference, cancelCount: 1 }]);
    }),
  );

  it(
    'without a reference cancels the order, with what waits behind it',
    overEach(async (transport) => {
      const { agent, order, letterId, reference, cancelJobId } = await deadWithCancellation(transport, 'given-up');
      await resolve(letterId);
      expect((await readOrder(hub, order.id)).erp.status).toBe('cancelled');
      expect(await readJob(hub, cancelJobId)).toMatchObject({ status: 'cancelled', heldReason: null });
      // The person was wrong: the ERP has it after all.
      await callBack(agent, order, reference);
      await untilErpStatus(hub, order.id, 'cancelled');
      expect(await erp.ledger(`${transport}-given-up`)).toMatchObject([{ reference, cancelCount: 1 }]);
    }),
  );

  it(
    'about a cancellation that failed leaves the order confirmed, and says why it was not cancelled',
    overEach(async (transport) => {
      const plan: FaultPlan = [{ match: { call: 'cancel-order' }, fault: { kind: 'fail', retryable: false, error: 'on the lorry' } }];
      await connectVendor(hub, erp, `${transport}-shipped`, { transport, plan });
      const order = await placeOrder(hub, `${transport}-shipped`, `N-${transport}-shipped`);
      await untilErpStatus(hub, order.id, 'confirmed');
      const { body } = await hub.admin('POST', `/api/orders/${order.id}/cancel`);
      const letterId = await letterOf(body.erp);
      expect((await readOrder(hub, order.id)).erp.status).toBe('cancelling');
      await resolve(letterId);
      expect((await readOrder(hub, order.id)).erp).toMatchObject({ status: 'confirmed', error: 'on the lorry' });
      // It may be tried again.
      await erp.setPlan(`${transport}-shipped`, []);
      await hub.admin('POST', `/api/orders/${order.id}/cancel`);
      await untilErpStatus(hub, order.id, 'cancelled');
    }),
  );

  it.each([
    ['resolvedBy', {}],
    ['resolvedBy', { resolvedBy: '' }],
    ['erpReference', { resolvedBy: 'x', erpReference: '' }],
    ['note', { resolvedBy: 'x', note: 'x'.repeat(2_001) }],
    ['resolution', { resolvedBy: 'x', resolution: 'resolved' }],
  ])('names the field that is wrong: %s', async (path, body) => {
    const reply = await alice('POST', `/${NOBODY}/resolve`, body);
    expectProblem(reply, 400, 'invalid_request');
    expect(reply.body.errors).toMatchObject([{ path }]);
  });
});

describe('a retry in bulk', () => {
  const many = (body?: object) => alice('POST', '/retry', body);

  it('takes what matches, and nothing else, and is worked off although the hub is killed right after its reply', async () => {
    await connectVendor(hub, erp, 'bulk-1', { transport: 'pull', plan: REFUSED_ONCE });
    await connectVendor(hub, erp, 'bulk-2', { plan: REFUSED_ONCE });
    const place = (vendorId: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, n) => placeOrder(hub, vendorId, `N-${vendorId}-${n}`)));
    const [wanted, unwanted] = await Promise.all([place('bulk-1', 12), place('bulk-2', 3)]);
    for (const order of [...wanted, ...unwanted]) await letterOf(order);

    expect((await many({ vendorId: 'bulk-1', operation: 'cancel_order' })).body).toEqual({ matched: 0 });
    expect((await many({ vendorId: 'bulk-1', failedBefore: '2026-01-01T00:00:00Z' })).body).toEqual({ matched: 0 });
    const reply = await many({ vendorId: 'bulk-1', operation: 'create_order', failedBefore: '2100-01-01T00:00:00Z' });
    await hub.kill();
    expect(reply).toMatchObject({ status: 202, body: { matched: 12 } });
    await hub.restart();
    for (const order of wanted) await untilErpStatus(hub, order.id, 'confirmed');
    for (const order of unwanted) expect((await readOrder(hub, order.id)).erp.status).toBe('failed');
    expect((await alice('GET', '?vendorId=bulk-1&limit=100')).body.data).toEqual(
      Array.from({ length: 12 }, () => expect.objectContaining({ resolution: 'retried', resolvedBy: 'alice' })),
    );
    expect(await auditOf('dead_letter.retry_many', 'bulk-1')).toMatchObject([{ actor: 'alice', after: { matched: 12 } }, {}, {}]);
    expect((await many({ vendorId: 'bulk-1' })).body).toEqual({ matched: 0 });
  });

  it('refuses a filter that it does not know', async () => {
    for (const body of [{ vendor: 'x' }, { operation: 'x' }, { failedBefore: 'yesterday' }])
      expectProblem(await many(body), 400, 'invalid_request');
  });
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(hub.pool);
  expect(await compare(hub.pool, erp)).toEqual([]);
});
