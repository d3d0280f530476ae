import { registerAgent, startHub, type Hub } from '../support/hub';

const KEYS = { orders: 'a-storefront-key-of-the-tests', read: 'a-reading-key-of-the-tests', alice: 'the-key-of-admin-alice-0001' };

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({ env: { API_KEYS: `shop:orders:${KEYS.orders},reader:read:${KEYS.read},alice:admin:${KEYS.alice}` } });
});
afterAll(() => hub.stop());

const as = (key: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  hub.request(method, path, body, { 'x-api-key': key, ...headers });
const audit = async (query: string) => (await hub.admin('GET', `/api/admin/audit?${query}`)).body;
const vendorIds = (body: { data: { vendorId: string }[] }) => body.data.map(({ vendorId }) => vendorId);

describe('the list of agents', () => {
  beforeAll(async () => {
    for (const name of ['one', 'two', 'three', 'four', 'five']) await registerAgent(hub, `list-${name}`);
    await hub.admin('DELETE', '/api/admin/agents/list-two');
  });

  it('has the newest first, in pages, without deregistered ones', async () => {
    const { status, body } = await hub.admin('GET', '/api/admin/agents?limit=3');
    expect(status).toBe(200);
    expect(vendorIds(body)).toEqual(['list-five', 'list-four', 'list-three']);
    expect(body.meta).toEqual({ page: 1, limit: 3, total: 4, totalPages: 2 });
    expect(vendorIds((await hub.admin('GET', '/api/admin/agents?limit=3&page=2')).body)).toEqual(['list-one']);
    expect((await hub.admin('GET', '/api/admin/agents?page=9')).body.data).toEqual([]);
  });

  it('includes deregistered ones when asked', async () => {
    const { body } = await hub.admin('GET', '/api/admin/agents?deregistered=true');
    expect(vendorIds(body)).toEqual(['list-five', 'list-four', 'list-three', 'list-two', 'list-one']);
    expect(body.data[3].deregisteredAt).toEqual(expect.any(String));
  });

  it.each(['limit=0', 'limit=101', 'page=0', 'page=x', 'status=dead', 'deregistered=1', 'vendor=1', 'limit=10&limit=20'])(
    'refuses %s',
    async (query) =>
      expect(await hub.admin('GET', `/api/admin/agents?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } }),
  );
});

it('shows an agent without any secret', async () => {
  await registerAgent(hub, 'shown', { agentUrl: 'http://localhost:4999/erp' });
  expect((await hub.admin('GET', '/api/admin/agents/shown')).body).toEqual({
    vendorId: 'shown',
    status: 'online',
    mode: 'push',
    agentUrl: 'http://localhost:4999/erp',
    enabled: true,
    erpType: 'Test',
    version: null,
    idempotentOrders: false,
    lastHeartbeat: expect.stringMatching(/Z$/),
    clockSkewMs: null,
    deregisteredAt: null,
    createdAt: expect.stringMatching(/Z$/),
    updatedAt: expect.stringMatching(/Z$/),
  });
});

describe('a change', () => {
  it('changes what it names, and is audited with before and after', async () => {
    await registerAgent(hub, 'changed');
    const reply = await as(
      KEYS.alice,
      'PUT',
      '/api/admin/agents/changed',
      { agentUrl: 'http://127.0.0.1:4999' },
      { 'x-correlation-id': 'change-1' },
    );
    expect(reply).toMatchObject({ status: 200, body: { agentUrl: 'http://127.0.0.1:4999', mode: 'push', enabled: true } });
    const off = await hub.admin('PUT', '/api/admin/agents/changed', { agentUrl: null, enabled: false });
    expect(off).toMatchObject({ status: 200, body: { agentUrl: null, mode: 'pull', enabled: false } });
    const { data } = await audit('vendorId=changed');
    expect(data).toMatchObject([
      { actor: 'admin', before: { enabled: true, mode: 'push' }, after: { agentUrl: null, enabled: false, mode: 'pull' } },
      {
        actor: 'alice',
        action: 'agent.update',
        target: 'agent:changed',
        vendorId: 'changed',
        before: { agentUrl: null, mode: 'pull', enabled: true },
        after: { agentUrl: 'http://127.0.0.1:4999', mode: 'push', enabled: true },
        correlationId: 'change-1',
      },
    ]);
  });

  describe('is refused', () => {
    beforeAll(() => registerAgent(hub, 'steady'));

    it.each([{}, { enabled: 'no' }, { enabled: null }, { agentUrl: 5 }, { erpType: 'Sage' }, { enabled: true, vendorId: 'x' }])(
      'with %j',
      async (body) => {
        expect(await hub.admin('PUT', '/api/admin/agents/steady', body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      },
    );
  });

  it('leaves no entry in the audit log when it fails', async () => {
    await registerAgent(hub, 'failing');
    expect((await hub.admin('PUT', '/api/admin/agents/failing', { agentUrl: 'http://0.0.0.0' })).status).toBe(422);
    expect((await audit('vendorId=failing')).data).toEqual([]);
  });
});

describe('deregistering', () => {
  it('is soft, and the second time changes and records nothing more', async () => {
    const agent = await registerAgent(hub, 'leaving');
    const first = await hub.admin('DELETE', '/api/admin/agents/leaving');
    expect([first.status, first.body]).toEqual([204, '']);
    const { deregisteredAt } = (await hub.admin('GET', '/api/admin/agents/leaving')).body;
    expect(deregisteredAt).toEqual(expect.any(String));
    expect((await hub.admin('DELETE', '/api/admin/agents/leaving')).status).toBe(204);
    expect((await hub.admin('GET', '/api/admin/agents/leaving')).body.deregisteredAt).toBe(deregisteredAt);
    expect((await audit('vendorId=leaving')).data).toMatchObject([
      { action: 'agent.deregister', actor: 'admin', after: { deregisteredAt } },
    ]);
    expect((await hub.agent(agent, 'POST', '/api/agents/heartbeat')).status).toBe(401);
  });

  it('is recorded once by many at the same time', async () => {
    await registerAgent(hub, 'leaving-once');
    const replies = await Promise.all(Array.from({ length: 6 }, () => hub.admin('DELETE', '/api/admin/agents/leaving-once')));
    expect(replies.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204, 204]);
    expect((await audit('vendorId=leaving-once')).meta.total).toBe(1);
  });
});

it('audits an enrolment code without the code', async () => {
  const { code } = (await hub.admin('POST', '/api/admin/agents/enrolled/enrolment')).body;
  const { data } = await audit('vendorId=enrolled');
  expect(data).toMatchObject([{ action: 'agent.enrol', target: 'agent:enrolled', after: { expiresAt: expect.any(String) } }]);
  expect(JSON.stringify(data)).not.toContain(code.slice(4));
});

it.each([
  ['GET', '/api/admin/agents/nobody', undefined],
  ['PUT', '/api/admin/agents/nobody', { enabled: true }],
  ['DELETE', '/api/admin/agents/nobody', undefined],
])('knows no agent that never was: %s %s', async (method, path, body) => {
  expect(await hub.admin(method, path, body)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

it.each(["x'--", 'a%20b', 'v'.repeat(65), '%00', '..%2f..%2fadmin', '%F0%9F%8D%B7'])(
  'refuses the vendor id %s in a path',
  async (vendorId) => {
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/enrolment'],
    ] as const) {
      const { status } = await hub.admin(method, `/api/admin/agents/${vendorId}${path}`);
      expect(status).toBe(400);
    }
  },
);

it.each([
  ['GET', '/api/admin/agents'],
  ['GET', '/api/admin/agents/shown'],
  ['PUT', '/api/admin/agents/shown'],
  ['DELETE', '/api/admin/agents/shown'],
  ['POST', '/api/admin/agents/shown/enrolment'],
  ['GET', '/api/admin/audit'],
])('is for admins alone: %s %s', async (method, path) => {
  const body = method === 'PUT' ? { enabled: false } : undefined;
  for (const key of [KEYS.orders, KEYS.read])
    expect(await as(key, method, path, body)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  for (const key of ['wrong', '', hub.agentSecret]) expect((await as(key, method, path, body)).status).toBe(401);
});

describe('the audit log', () => {
  it('is paged, newest first, and filtered by vendor and action', async () => {
    await registerAgent(hub, 'audited');
    for (const enabled of [false, true, false]) await hub.admin('PUT', '/api/admin/agents/audited', { enabled });
    await hub.admin('DELETE', '/api/admin/agents/audited');
    const page = await audit('vendorId=audited&limit=2');
    expect(page.meta).toEqual({ page: 1, limit: 2, total: 4, totalPages: 2 });
    expect(page.data.map(({ action }: { action: string }) => action)).toEqual(['agent.deregister', 'agent.update']);
    expect(page.data[0]).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/Z$/),
      actor: 'admin',
      action: 'agent.deregister',
      target: 'agent:audited',
      vendorId: 'audited',
      before: { deregisteredAt: null },
      after: { deregisteredAt: expect.any(String) },
      correlationId: expect.any(String),
    });
    expect((await audit('vendorId=audited&action=agent.update')).meta.total).toBe(3);
    expect((await audit('vendorId=audited&action=mapping.create')).data).toEqual([]);
    expect((await audit('vendorId=nobody')).data).toEqual([]);
  });
});
