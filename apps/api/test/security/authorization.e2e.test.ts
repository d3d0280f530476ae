import { ALL_OPERATIONS } from '@repo/contracts/operations/all-operations';
import type { Operation } from '@repo/contracts/operations/operation';
import type { Hub, HubReply, TestAgent } from '../support/hub';
import { eventually, registerAgent } from '../support/hub';
import { item, mappedVendor, stock, warehouse } from '../support/rows';
import { sendRaw } from './raw-http';
import { credential, expectProblem, KEYS, onlyVerdict, startHubWithKeys, whatItTells } from './security-fixture';

const INGEST = [
  ['items', item('S-1')],
  ['stock', stock('S-1', 'W-1')],
  ['warehouses', warehouse('W-1')],
] as const;
const INGEST_ROUTES = INGEST.flatMap(([entity, row]) =>
  [`/api/sync/${entity}`, `/api/sync/${entity}/batch`].map((route) => [route, entity, row] as const),
);

let hub: Hub;
let mine: TestAgent;
let other: TestAgent;
beforeAll(async () => {
  hub = await startHubWithKeys();
  mine = await mappedVendor(hub, 'mine');
  other = await mappedVendor(hub, 'other');
});
afterAll(() => hub.stop());

const withKey = (secret: string, method: string, path: string, body?: unknown) => hub.request(method, path, body, { 'x-api-key': secret });
const countRows = async () =>
  Number(
    (await hub.pool.query('select (select count(*) from items) + (select count(*) from stock) + (select count(*) from warehouses) as n'))
      .rows[0].n,
  );

describe('API1:2023 broken object level authorization: an agent reaches nothing of another vendor', () => {
  it.each(INGEST_ROUTES)('refuses %s whose body names another vendor, and writes nothing', async (route, entity, row) => {
    const before = await countRows();
    expectProblem(await hub.agent(mine, 'POST', route, { vendorId: 'other', [entity]: [row] }), 403, 'vendor_mismatch');
    expectProblem(await hub.agent(mine, 'POST', route, { vendorId: 'Mine', [entity]: [row] }), 403, 'vendor_mismatch');
    expect(await countRows()).toBe(before);
  });

  it('refuses a heartbeat and a registration whose body names another vendor', async () => {
    expectProblem(await hub.agent(mine, 'POST', '/api/agents/heartbeat', { vendorId: 'other' }), 403, 'vendor_mismatch');
    expectProblem(await hub.agent(mine, 'POST', '/api/agents/register', { vendorId: 'other', version: '9' }), 403, 'vendor_mismatch');
    expect((await hub.admin('GET', '/api/admin/agents/other')).body.version).toBeNull();
  });

  it("tells of a valid token with another vendor's id in the header exactly what it tells of a wrong token", async () => {
    const wrong = whatItTells(await hub.agent({ ...other, token: 'agt_wrong' }, 'GET', '/api/agents/me'));
    expect(whatItTells(await hub.agent({ ...mine, vendorId: 'other' }, 'GET', '/api/agents/me'))).toEqual(wrong);
    expect(whatItTells(await hub.agent({ ...mine, vendorId: 'MINE' }, 'GET', '/api/agents/me'))).toEqual(wrong);
    expect(wrong).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  it('takes two vendor ids in the header for none', async () => {
    const headers = { authorization: `Bearer ${mine.token}`, 'x-vendor-id': ['mine', 'other'] };
    expectProblem(await sendRaw(hub, 'GET', '/api/agents/me', { headers }), 401, 'unauthorized');
  });

  it('gives a vendor id in the query no meaning on the routes of agents', async () => {
    expect((await hub.agent(mine, 'GET', '/api/agents/me?vendorId=other')).body.vendorId).toBe('mine');
    expectProblem(await hub.agent(mine, 'POST', '/api/sync/items?vendorId=other', { items: [item('S-1')] }), 400, 'invalid_request');
  });

  it('keeps rows of one key apart that two vendors have pushed', async () => {
    await hub.agent(mine, 'POST', '/api/sync/items', { items: [item('SAME', { name: 'of mine' })] });
    await hub.agent(other, 'POST', '/api/sync/items', { items: [item('SAME', { name: 'of other' })] });
    expect((await withKey(KEYS.read.secret, 'GET', '/api/items/mine/SAME')).body.name).toBe('of mine');
    expect((await withKey(KEYS.read.secret, 'GET', '/api/items/other/SAME')).body.name).toBe('of other');
    expectProblem(await withKey(KEYS.read.secret, 'GET', '/api/items/third/SAME'), 404, 'not_found');
  });

  it("does not go on in another vendor's changes with a cursor of one's own", async () => {
    const { body } = await withKey(KEYS.read.secret, 'GET', '/api/items?vendorId=mine');
    expectProblem(
      await withKey(KEYS.read.secret, 'GET', `/api/items?vendorId=other&cursor=${body.meta.nextCursor}`),
      400,
      'invalid_request',
    );
    expectProblem(
      await withKey(KEYS.read.secret, 'GET', `/api/stock?vendorId=mine&cursor=${body.meta.nextCursor}`),
      400,
      'invalid_request',
    );
  });

  it('finds no job of another vendor to call back about, and changes nothing of it', async () => {
    await hub.agent(mine, 'POST', '/api/sync/items', { items: [item('S-1')] });
    const order = { vendorId: 'mine', erpCustomerCode: 'C', lines: [{ sku: 'S-1', quantity: 1, unitPrice: 1 }] };
    const { id, erp } = (await withKey(KEYS.orders.secret, 'POST', '/api/orders', order)).body;
    const job = async () => (await hub.admin('GET', `/api/admin/sync-jobs/${erp.jobId}`)).body;
    await eventually(async () => (await job()).heldReason === 'agent_not_polling');
    const before = await job();
    for (const status of ['completed', 'failed']) {
      const said = { jobId: erp.jobId, status, erpReference: 'SO-stolen', retryable: false };
      expectProblem(await hub.agent(other, 'POST', '/api/agents/callback', said), 404, 'not_found');
      expectProblem(await hub.agent(other, 'POST', '/api/agents/callback', { ...said, vendorId: 'mine' }), 403, 'vendor_mismatch');
    }
    expect(await job()).toEqual(before);
    expect((await withKey(KEYS.orders.secret, 'POST', `/api/orders/${id}/cancel`)).body.erp.status).toBe('cancelled');
  });

  it('refuses an enrolment code for another vendor than it was made for, and keeps it for its own', async () => {
    const { code } = (await hub.admin('POST', '/api/admin/agents/enrolled/enrolment')).body;
    const register = (vendorId: string) =>
      hub.request('POST', '/api/agents/register', { vendorId, erpType: 'Test' }, { authorization: `Bearer ${code}` });
    expectProblem(await register('other'), 401, 'unauthorized');
    expectProblem(await register('never-seen'), 401, 'unauthorized');
    expect((await register('enrolled')).status).toBe(201);
  });

  it('does not move a mapping to another vendor, and does not find one by a guessed id', async () => {
    const { body } = await hub.admin('GET', '/api/admin/mappings?vendorId=mine&type=unit');
    const { id } = body.data[0];
    expectProblem(await hub.admin('PUT', `/api/admin/mappings/${id}`, { vendorId: 'other' }), 400, 'invalid_request');
    expectProblem(await hub.admin('PUT', '/api/admin/mappings/00000000-0000-4000-8000-000000000000', { restoCode: 'X' }), 404, 'not_found');
  });
});

describe('API3:2023 broken object property level authorization: nobody sets what is not theirs to set', () => {
  const KEPT = ['vendorId', 'deletedAt', 'changeSeq', 'createdAt', 'updatedAt', 'id', 'contentDigest', 'txid', 'vendor_id', 'deleted_at'];
  const RESOLVED = ['unitCode', 'unitLabel', 'vatCode', 'vatRate', 'familyCode', 'familyLabel', 'subfamilyCode', 'subfamilyLabel'];

  it.each(
    INGEST.flatMap(([entity, row]) => [...KEPT, ...(entity === 'items' ? RESOLVED : [])].map((name) => [entity, name, row] as const)),
  )('makes a row of %s that sets %s invalid', async (entity, name, row) => {
    const before = await countRows();
    const reply = await hub.agent(mine, 'POST', `/api/sync/${entity}`, { [entity]: [{ ...row, [name]: null }] });
    expect(onlyVerdict(reply)).toMatchObject({ status: 'failed', reason: 'invalid', detail: `${name}: unknown property` });
    expect(await countRows()).toBe(before);
  });

  it.each(['force', 'snapshotId', 'deletedAt', 'healing', 'results', 'stock', 'Items'])(
    'refuses an ingest envelope with %s',
    async (name) =>
      expectProblem(await hub.agent(mine, 'POST', '/api/sync/items', { items: [item('E')], [name]: true }), 400, 'invalid_request'),
  );

  it.each([
    'status',
    'enabled',
    'mode',
    'deregisteredAt',
    'secretVersion',
    'authTokenHash',
    'token',
    'outboundToken',
    'signingSecret',
    'scope',
  ])('refuses a registration and an update that set %s', async (name) => {
    const body = { vendorId: 'greedy', erpType: 'Test', [name]: 'x' };
    const secret = { authorization: `Bearer ${hub.agentSecret}` };
    expectProblem(await hub.request('POST', '/api/agents/register', body, secret), 400, 'invalid_request');
    expectProblem(await hub.agent(mine, 'POST', '/api/agents/register', { ...body, vendorId: 'mine' }), 400, 'invalid_request');
    expectProblem(await hub.admin('GET', '/api/admin/agents/greedy'), 404, 'not_found');
  });

  it.each(['status', 'lastHeartbeat', 'enabled', 'serverTime', 'drift'])('refuses a heartbeat that sets %s', async (name) =>
    expectProblem(await hub.agent(mine, 'POST', '/api/agents/heartbeat', { [name]: 'x' }), 400, 'invalid_request'),
  );

  it.each(['vendorId', 'mode', 'status', 'deregisteredAt', 'erpType', 'authTokenHash', 'lastHeartbeat'])(
    'refuses a change of an agent by an admin that sets %s',
    async (name) => expectProblem(await hub.admin('PUT', '/api/admin/agents/mine', { enabled: true, [name]: 'x' }), 400, 'invalid_request'),
  );

  it.each(['vendorID', 'attemptNo', 'orderId', 'operation', 'resolved', 'result'])('refuses a callback that sets %s', async (name) => {
    const said = { jobId: '00000000-0000-4000-8000-000000000000', status: 'completed', [name]: 'x' };
    expectProblem(await hub.agent(mine, 'POST', '/api/agents/callback', said), 400, 'invalid_request');
  });

  it.each(['resolution', 'resolved', 'vendorId', 'attemptsAllowed', 'payload'])(
    'refuses a decision about a dead letter that sets %s',
    async (name) => {
      const path = '/api/admin/dlq/00000000-0000-4000-8000-000000000000/resolve';
      expectProblem(await hub.admin('POST', path, { resolvedBy: 'x', [name]: 'x' }), 400, 'invalid_request');
    },
  );

  it.each(['id', 'createdAt', 'updatedAt', 'isActive', 'version'])('refuses a new mapping that sets %s', async (name) => {
    const mapping = { vendorId: 'mine', mappingType: 'family', erpCode: 'F', restoCode: 'F', restoLabel: 'F', [name]: true };
    expectProblem(await hub.admin('POST', '/api/admin/mappings', mapping), 400, 'invalid_request');
  });
});

describe('API5:2023 broken function level authorization: every credential opens its own routes only', () => {
  /** Headers by the credential's name; a credential in the wrong place is one of its own. */
  const credentials = (): Record<string, Record<string, string>> => ({
    'no credential': {},
    'an agent': credential(mine),
    'the registration secret': { authorization: `Bearer ${hub.agentSecret}`, 'x-vendor-id': 'mine' },
    'a read key': { 'x-api-key': KEYS.read.secret },
    'an orders key': { 'x-api-key': KEYS.orders.secret },
    'an admin key': { 'x-api-key': KEYS.admin.secret },
    'an admin key as bearer': { authorization: `Bearer ${KEYS.admin.secret}`, 'x-vendor-id': 'mine' },
    'the API secret as basic password': { authorization: `Basic ${Buffer.from(`admin:${hub.apiSecret}`).toString('base64')}` },
    'an agent token as key': { 'x-api-key': mine.token, 'x-vendor-id': 'mine' },
    'the registration secret as key': { 'x-api-key': hub.agentSecret },
    'the name of a key': { 'x-api-key': KEYS.admin.name },
  });
  const OPENS: Record<string, readonly string[]> = {
    agent: ['an agent'],
    registration: ['the registration secret', 'an agent'],
    read: ['a read key', 'an orders key', 'an admin key'],
    orders: ['an orders key', 'an admin key'],
    admin: ['an admin key'],
  };
  const FORBIDDEN: Record<string, readonly string[]> = { orders: ['a read key'], admin: ['a read key', 'an orders key'] };
  const protectedOperations = ALL_OPERATIONS.filter(({ access }) => access !== 'public' && access !== 'metrics');

  it('has operations of every access that the matrix knows', () =>
    expect(protectedOperations.filter(({ access }) => OPENS[access] === undefined)).toEqual([]));

  it.each(protectedOperations.map((operation) => [operation.id, operation] as const))(
    '%s refuses every other credential',
    async (_id, operation) => {
      for (const [name, headers] of Object.entries(credentials())) {
        if (OPENS[operation.access]?.includes(name)) continue;
        const forbidden = FORBIDDEN[operation.access]?.includes(name) === true;
        const reply = await hub.request(operation.method, pathOf(operation), bodyOf(operation), headers);
        expect({ name, status: reply.status, code: reply.body.code }).toEqual(
          forbidden ? { name, status: 403, code: 'forbidden' } : { name, status: 401, code: 'unauthorized' },
        );
      }
    },
  );

  it.each(protectedOperations.filter(({ method }) => method === 'GET').map((operation) => [operation.id, operation] as const))(
    '%s opens with each credential that it is for',
    async (_id, operation) => {
      for (const name of OPENS[operation.access] ?? []) {
        const reply: HubReply = await hub.request('GET', pathOf(operation), undefined, credentials()[name]);
        expect([200, 404]).toContain(reply.status);
      }
    },
  );

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])('does not take another method from %s', async (name) => {
    await registerAgent(hub, `kept-${name.toLowerCase()}`);
    const path = `/api/admin/agents/kept-${name.toLowerCase()}`;
    expect((await hub.request('GET', `${path}?_method=DELETE`, undefined, { 'x-api-key': hub.apiSecret, [name]: 'DELETE' })).status).toBe(
      200,
    );
    expect((await hub.admin('GET', path)).body.deregisteredAt).toBeNull();
  });

  it.each([
    '/api/admin/agents/',
    '//api/admin/agents',
    '/API/ADMIN/AGENTS',
    '/api/./admin/agents',
    '/api/items/../admin/agents',
    '/api/%61dmin/agents',
    '/api/admin%2fagents',
    '/api/admin/agents%2f',
    '/api/admin/agents;x=1',
    '/api/admin/agents%00',
    '/api/admin/agents%20',
    '/api\\admin\\agents',
    '/health/../api/admin/agents',
    '/health/live/..%2f..%2fapi/admin/agents',
    'http://hub/api/admin/agents',
    '/api/admin/agents?vendorId=mine#/health',
  ])('opens nothing by writing the path as %s', async (path) => {
    const rewriting: Record<string, string>[] = [{}, { 'x-original-url': '/api/admin/agents', 'x-rewrite-url': '/api/admin/agents' }];
    for (const headers of rewriting) {
      expect([400, 401, 404]).toContain((await sendRaw(hub, 'GET', path, { headers })).status);
    }
  });
});

function pathOf({ id, path, method, query }: Operation): string {
  const filled = path
    .replace(':vendorId', 'mine')
    .replace(/:(id|jobId)\b/, '00000000-0000-4000-8000-000000000000')
    .replace(/:\w+/g, 'S-1');
  return method === 'GET' && query !== undefined && /^list(Items|Stock|Warehouses)$/.test(id) ? `${filled}?vendorId=mine` : filled;
}

function bodyOf({ method, example, id }: Operation): unknown {
  if (id === 'registerAgent') return { vendorId: 'mine', erpType: 'Test' };
  return method === 'GET' || method === 'DELETE' ? undefined : (example ?? {});
}
