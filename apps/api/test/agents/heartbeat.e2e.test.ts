import { registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';

let hub: Hub;
let agent: TestAgent;
beforeAll(async () => {
  hub = await startHub();
  agent = await registerAgent(hub, 'alive', { version: '1' });
});
afterAll(() => hub.stop());

const beat = (body?: unknown) => hub.agent(agent, 'POST', '/api/agents/heartbeat', body);
const detail = async () => (await hub.admin('GET', `/api/admin/agents/${agent.vendorId}`)).body;
const silence = (seconds: number | null) =>
  hub.pool.query(`update agent_registry set last_heartbeat = now() - make_interval(secs => $2) where vendor_id = $1`, [
    agent.vendorId,
    seconds,
  ]);

describe('a heartbeat', () => {
  it('needs no body', async () => {
    const reply = await beat();
    expect(reply).toMatchObject({ status: 200, body: { status: 'online', drift: {} } });
    expect(Object.keys(reply.body).sort()).toEqual(['drift', 'serverTime', 'status']);
    expect(Math.abs(Date.parse(reply.body.serverTime) - Date.now())).toBeLessThan(5_000);
  });

  it('brings the agent back online', async () => {
    await silence(301);
    expect((await detail()).status).toBe('offline');
    await beat();
    expect((await detail()).status).toBe('online');
  });

  it('keeps what it does not say, and is no change of the registration', async () => {
    const before = await detail();
    await beat({ version: '2.1' });
    await beat({});
    const after = await detail();
    expect(after).toMatchObject({ version: '2.1', erpType: 'Test', updatedAt: before.updatedAt });
    expect(Date.parse(after.lastHeartbeat)).toBeGreaterThan(Date.parse(before.lastHeartbeat));
  });

  it.each([
    ['ahead', 3_600_000, (at: number) => new Date(at + 3_600_000).toISOString()],
    ['behind', -90_000, (at: number) => new Date(at - 90_000).toISOString()],
    ['right, in another zone', 0, (at: number) => new Date(at + 7_200_000).toISOString().replace('Z', '+02:00')],
  ])('says how far the clock of the agent is %s', async (_what, expected, agentTime) => {
    const reply = await beat({ agentTime: agentTime(Date.now()) });
    expect(Number.isInteger(reply.body.clockSkewMs)).toBe(true);
    expect(Math.abs(reply.body.clockSkewMs - expected)).toBeLessThan(2_000);
    expect((await detail()).clockSkewMs).toBe(reply.body.clockSkewMs);
  });

  it('takes a clock that is thousands of years off', async () => {
    const reply = await beat({ agentTime: '9998-12-31T00:00:00Z' });
    expect(reply.status).toBe(200);
    expect((await detail()).clockSkewMs).toBe(reply.body.clockSkewMs);
  });

  it('compares the digests that it names with the running roots', async () => {
    const empty = { count: 0, digest: '0000000000000000' };
    await hub.pool.query(`insert into sync_digests values ($1, 'items', 3, 18446744073709551615, now())`, [agent.vendorId]);
    await hub.pool.query(`insert into sync_digest_deltas (vendor_id, entity, count_delta, digest_delta) values ($1, 'items', 2, 17)`, [
      agent.vendorId,
    ]);
    const drift = async (digests: unknown) => (await beat({ digests })).body.drift;
    expect(await drift({ items: { count: 5, digest: '0000000000000010' }, stock: empty })).toEqual({ items: 'in_sync', stock: 'in_sync' });
    expect(await drift({ items: { count: 4, digest: '0000000000000010' } })).toEqual({ items: 'drift' });
    expect(await drift({ items: { count: 5, digest: '0000000000000011' }, warehouses: { count: 1, digest: '0000000000000000' } })).toEqual({
      items: 'drift',
      warehouses: 'drift',
    });
    expect(await drift({})).toEqual({});
  });

  it.each([
    { agentTime: 'yesterday' },
    { agentTime: '2026-01-31T08:30:00' },
    { digests: { orders: { count: 0, digest: '0000000000000000' } } },
    { digests: { items: { count: -1, digest: '0000000000000000' } } },
    { digests: { items: { count: 0, digest: 'zz' } } },
    { version: 'v'.repeat(51) },
    { status: 'online' },
    [],
  ])('is refused with %j', async (body) => {
    expect(await beat(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

it.each([
  [0, 'online'],
  [55, 'online'],
  [61, 'degraded'],
  [295, 'degraded'],
  [301, 'offline'],
  [null, 'offline'],
])('derives the status of an agent that was silent for %s s, and lists it under that one alone', async (seconds, status) => {
  await silence(seconds);
  expect((await detail()).status).toBe(status);
  for (const filter of ['online', 'degraded', 'offline']) {
    const { body } = await hub.admin('GET', `/api/admin/agents?status=${filter}`);
    expect(body.data.map(({ vendorId }: { vendorId: string }) => vendorId)).toEqual(filter === status ? [agent.vendorId] : []);
  }
});

describe('what the agent is told of itself', () => {
  it('is little at the beginning', async () => {
    const fresh = await registerAgent(hub, 'fresh', { idempotentOrders: true });
    expect((await hub.agent(fresh, 'GET', '/api/agents/me')).body).toEqual({
      vendorId: 'fresh',
      status: 'online',
      mode: 'pull',
      enabled: true,
      erpType: 'Test',
      version: null,
      idempotentOrders: true,
      lastHeartbeat: expect.any(String),
      clockSkewMs: null,
      missingMappings: [],
      parkedRows: [],
      lastReconciliation: {},
      openSnapshots: [],
    });
  });

  it('names what is missing, what waits, what was compared and what is open, of this vendor alone', async () => {
    const busy = await registerAgent(hub, 'busy');
    await park('busy', 'items', 'A', 'unmapped_unit', ['unit:BX', 'vat:T1']);
    await park('busy', 'items', 'B', 'unmapped_unit', ['unit:BX']);
    await park('busy', 'items', 'C', 'unmapped_vat', ['vat:a:b']);
    await park('busy', 'stock', 'W\u001fA', 'item_not_found', ['item:A', 'warehouse:W']);
    await park('fresh', 'items', 'Z', 'unmapped_unit', ['unit:ZZ']);
    for (const [vendorId, entity, type] of [
      ['busy', 'items', 'drift_detected'],
      ['busy', 'items', 'drift_resolved'],
      ['busy', 'stock', 'in_sync'],
      ['fresh', 'warehouses', 'in_sync'],
    ]) {
      await hub.pool.query(`insert into reconciliation_events (vendor_id, entity, event_type, summary) values ($1, $2, $3, '{}')`, [
        vendorId,
        entity,
        type,
      ]);
    }
    for (const [entity, status, ends] of [
      ['stock', 'open', '1 day'],
      ['items', 'open', '-1 s'],
      ['stock', 'committed', '1 day'],
    ]) {
      await hub.pool.query(
        `insert into snapshots (vendor_id, entity, status, started_at, expires_at) values ('busy', $1, $2, now(), now() + $3::interval)`,
        [entity, status, ends],
      );
    }
    const { body } = await hub.agent(busy, 'GET', '/api/agents/me');
    expect(body.missingMappings).toEqual([
      { mappingType: 'unit', erpCode: 'BX', parkedRows: 2 },
      { mappingType: 'vat', erpCode: 'T1', parkedRows: 1 },
      { mappingType: 'vat', erpCode: 'a:b', parkedRows: 1 },
    ]);
    expect(body.parkedRows).toEqual([
      { entity: 'items', reason: 'unmapped_unit', count: 2 },
      { entity: 'items', reason: 'unmapped_vat', count: 1 },
      { entity: 'stock', reason: 'item_not_found', count: 1 },
    ]);
    expect(body.lastReconciliation).toEqual({
      items: { eventType: 'drift_resolved', at: expect.any(String) },
      stock: { eventType: 'in_sync', at: expect.any(String) },
    });
    expect(body.openSnapshots).toEqual([
      { snapshotId: expect.any(String), entity: 'stock', startedAt: expect.any(String), expiresAt: expect.any(String) },
    ]);
  });
});

function park(vendorId: string, entity: string, key: string, reason: string, waitsFor: string[]): Promise<unknown> {
  return hub.pool.query(
    `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for, first_seen_at, last_seen_at)
     values ($1, $2, $3, '{}', 'h', now(), 1, 1, $4, $5, now(), now())`,
    [vendorId, entity, key, reason, waitsFor],
  );
}
