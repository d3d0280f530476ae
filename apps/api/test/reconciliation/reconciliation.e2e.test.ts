import { rowDigestHex } from '@repo/contracts/digest';
import { overEach, TRANSPORTS } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';
import { connectInStep, connectReconcilingAgent, liveHashes, type ReconcilingAgent } from '../support/reconciling-agent';
import { at, hashOf, item, stock, warehouse } from '../support/rows';

let hub: Hub;
const agents: ReconcilingAgent[] = [];
beforeAll(async () => {
  hub = await startHub({ env: { AGENT_TIMEOUT_MS: '3000', BREAKER_WINDOW_MS: '4000000', BREAKER_VOLUME: '1000' } });
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await hub.stop();
});

let vendors = 0;
async function connect(transport: (typeof TRANSPORTS)[number] = 'push'): Promise<ReconcilingAgent> {
  const agent = await connectReconcilingAgent(hub, `reconciled-${++vendors}`, transport);
  agents.push(agent);
  return agent;
}

/** A vendor with so many items on both sides. */
async function inStep(count: number, transport?: (typeof TRANSPORTS)[number]): Promise<ReconcilingAgent> {
  const agent = await connectInStep(hub, `reconciled-${++vendors}`, count, transport);
  agents.push(agent);
  return agent;
}

/** As somebody would who repairs a database by hand: the running root knows nothing of it. */
async function tamper({ vendorId }: ReconcilingAgent, sku: string, contentHash: string): Promise<void> {
  const digest = BigInt.asIntN(64, BigInt(`0x${rowDigestHex(sku, contentHash)}`)).toString();
  await hub.pool.query('update items set content_hash = $3, row_digest = $4 where vendor_id = $1 and sku = $2', [
    vendorId,
    sku,
    contentHash,
    digest,
  ]);
}

it(
  'finds and heals what differs: changed, lost, extra, and behind the back of the hub',
  overEach(async (transport) => {
    const agent = await inStep(400, transport);
    expect(await agent.compare()).toMatchObject({ eventType: 'in_sync', summary: { calls: 1, rows: {} } });

    for (let n = 0; n < 5; n++) await tamper(agent, `A-${n}`, 'tampered');
    await hub.pool.query(`delete from items where vendor_id = $1 and sku in ('A-10', 'A-11')`, [agent.vendorId]);
    // A batch that was lost, and a clock that went backwards: the hub has a newer time of what the ERP holds otherwise.
    agent.store.put('items', item('new-1'));
    agent.store.put('items', item('A-20', { name: 'changed', lastSyncedAt: at(-3_600) }));
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    agent.store.put('items', item('A-21', { name: 'from the future', lastSyncedAt: ahead }));
    for (let n = 30; n < 37; n++) agent.store.delete('items', `A-${n}`);

    const healed = await agent.compare();
    expect(healed).toMatchObject({
      eventType: 'drift_resolved',
      summary: {
        rows: { onlyInErp: 3, onlyInHub: 7, changed: 7, written: 10, deleted: 7 },
        rounds: 1,
        repairedRoot: expect.any(String) as string,
      },
      details: { examples: { onlyInErp: expect.arrayContaining(['A-10', 'A-11', 'new-1']) as string[] } },
    });
    expect((await agent.events()).map(({ eventType }) => eventType)).toEqual(['drift_resolved', 'drift_detected', 'in_sync']);
    const live = await liveHashes(hub, agent);
    expect(live.size).toBe(394);
    expect([...live.values()]).not.toContain('tampered');
    const { rows } = await hub.pool.query<{ sku: string; late: boolean }>(
      `select sku, last_synced_at > now() as late from items where vendor_id = $1 and sku in ('A-20', 'A-21') order by sku`,
      [agent.vendorId],
    );
    expect(rows).toEqual([
      { sku: 'A-20', late: false },
      { sku: 'A-21', late: false },
    ]);
    expect(await agent.inSync()).toBe(true);
    expect(await agent.compare()).toMatchObject({ eventType: 'in_sync' });
  }),
);

it('fills an empty hub, with stock and warehouses, and rows that wait for a mapping', async () => {
  const agent = await connect('pull');
  const { store } = agent;
  for (let n = 0; n < 700; n++) store.put('items', item(`B-${n}`));
  store.put('items', item('unmapped', { erpUnitCode: 'BOX' }));
  for (const sku of ['牛乳', '🧀', 'o\'hara "1"']) store.put('items', item(sku));
  store.put('warehouses', warehouse('W'));
  store.put('stock', stock('B-1', 'W'));
  store.put('stock', stock('nowhere', 'W'));
  expect(await agent.compare('items')).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { written: 703, parked: 1 } } });
  expect(await agent.compare('warehouses')).toMatchObject({ eventType: 'drift_resolved' });
  expect(await agent.compare('stock')).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { written: 1, parked: 1 } } });
  for (const entity of ['items', 'stock', 'warehouses'] as const) expect(await agent.inSync(entity)).toBe(true);
});

it('deletes nothing of an ERP that is suddenly empty, until an admin says so', async () => {
  const agent = await inStep(50);
  for (let n = 0; n < 50; n++) agent.store.delete('items', `A-${n}`);
  agent.store.put('items', item('kept'));
  expect(await agent.compare()).toMatchObject({ eventType: 'held_too_many_deletes', summary: { held: 50, rows: { written: 1 } } });
  expect((await liveHashes(hub, agent)).size).toBe(51);
  expect(await agent.compare('items', true)).toMatchObject({
    eventType: 'drift_resolved',
    summary: { force: true, rows: { deleted: 50 } },
  });
  expect([...(await liveHashes(hub, agent)).keys()]).toEqual(['kept']);
});

it('counts what was deleted in the last day to the cap', async () => {
  const agent = await inStep(20);
  for (let n = 0; n < 3; n++) agent.store.delete('items', `A-${n}`);
  expect(await agent.compare()).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { deleted: 3 } } });
  for (let n = 3; n < 5; n++) agent.store.delete('items', `A-${n}`);
  expect(await agent.compare()).toMatchObject({ eventType: 'held_too_many_deletes', summary: { held: 2 } });
});

it('begins by itself when two heartbeats show the same drift', async () => {
  const agent = await inStep(10);
  expect(await agent.beat()).toMatchObject({ items: 'in_sync' });
  agent.store.put('items', item('lost'));
  expect(await agent.beat()).toMatchObject({ items: 'drift' });
  expect(await agent.beat()).toMatchObject({ items: 'drift' });
  const [event] = await eventually(async () => {
    const events = await agent.events();
    return events.some(({ eventType }) => eventType === 'drift_resolved') && events;
  });
  expect(event).toMatchObject({ eventType: 'drift_resolved', summary: { cause: 'heartbeat' } });
  expect(await agent.inSync()).toBe(true);
});

it('begins by itself also where other rows come in all the time, but not for what it could do no more about', async () => {
  const agent = await inStep(10);
  let others = 0;
  const beatBetweenPushes = async () => {
    for (let beat = 0; beat < 2; beat++) {
      const other = item(`other-${++others}`);
      agent.store.put('items', other);
      await agent.push('items', [other]);
      expect(await agent.beat()).toMatchObject({ items: 'drift' });
    }
  };
  const ended = async () => (await agent.events()).filter(({ eventType }) => eventType !== 'drift_detected');
  agent.store.put('items', { sku: 'refused', contentHash: 'h', lastSyncedAt: at(0) });
  await beatBetweenPushes();
  const [first] = await eventually(async () => (await ended()).length > 0 && ended());
  expect(first).toMatchObject({ eventType: 'unresolved', summary: { cause: 'heartbeat' } });
  await beatBetweenPushes();
  agent.store.delete('items', 'refused');
  agent.store.put('items', item('lost'));
  await beatBetweenPushes();
  await eventually(async () => (await ended()).length > 1);
  expect(await ended()).toMatchObject([{ eventType: 'drift_resolved', summary: { cause: 'heartbeat', rows: { written: 1 } } }, first]);
});

it('mends a digest that is not that of its row, and says so', async () => {
  const agent = await inStep(20);
  await hub.pool.query(`update items set row_digest = row_digest + 1 where vendor_id = $1 and sku = 'A-1'`, [agent.vendorId]);
  await hub.pool.query(`update items set content_hash = 'tampered' where vendor_id = $1 and sku = 'A-2'`, [agent.vendorId]);
  expect(await agent.compare()).toMatchObject({
    eventType: 'drift_resolved',
    summary: { mendedDigests: 2, rows: { changed: 1, written: 1 } },
  });
  expect(await agent.compare()).toMatchObject({ eventType: 'in_sync' });
  expect((await liveHashes(hub, agent)).get('A-2')).toBe(hashOf('A-2', {}));
});

it('names the rows that it cannot heal', async () => {
  const agent = await inStep(5);
  agent.store.put('items', { sku: 'bad', contentHash: 'h', lastSyncedAt: at(0) });
  expect(await agent.compare()).toMatchObject({
    eventType: 'unresolved',
    summary: { unresolved: 1, rows: { refused: 1 } },
    details: { unresolved: [{ key: 'bad', reason: 'invalid' }] },
  });
});

it('goes on where a hub died in the middle', async () => {
  const agent = await inStep(30, 'pull');
  agent.store.put('items', item('lost'));
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  agent.lies.keys = () => {
    asked();
    return new Promise(() => undefined);
  };
  const { body } = await hub.admin('POST', '/api/admin/reconciliation/trigger', { vendorId: agent.vendorId, entity: 'items' });
  const [run] = (body as { runs: { jobId: string }[] }).runs;
  await isAsked;
  await hub.kill();
  agent.lies.keys = undefined;
  // The end of its lease, without the wait for it.
  await hub.pool.query('update reconciliation_runs set lease_until = clock_timestamp() where ended_at is null');
  await hub.restart();
  const event = await eventually(async () => (await agent.events()).find(({ eventType }) => eventType === 'drift_resolved'), 60_000);
  expect(event.summary.runId).toBe(run?.jobId);
  expect(await agent.inSync()).toBe(true);
}, 120_000);

it('never deletes a row that the ERP has, while it pushes, changes and deletes', async () => {
  const agent = await inStep(100);
  const wanted = new Map<string, string>();
  for (let n = 0; n < 100; n++) wanted.set(`A-${n}`, hashOf(`A-${n}`, {}));
  const work = async () => {
    for (let n = 0; n < 30; n++) {
      const sku = `A-${(n * 7) % 100}`;
      // Deleted and come back, unchanged, with the time it had: the hub must not take it for gone.
      agent.store.delete('items', sku);
      await new Promise((resolve) => setImmediate(resolve));
      const row = item(sku, n % 3 === 0 ? { name: `v${n}`, lastSyncedAt: at(n + 1) } : {});
      agent.store.put('items', row);
      if (n % 3 !== 0) wanted.set(sku, hashOf(sku, {}));
      else wanted.set(sku, row['contentHash'] as string);
      await agent.push('items', [row]);
    }
  };
  const comparing = async () => {
    for (let n = 0; n < 4; n++) await agent.compare();
  };
  await Promise.all([work(), comparing()]);
  await agent.compare();
  await eventually(async () => (await agent.inSync()) || (await agent.compare(), false));
  expect(await liveHashes(hub, agent)).toEqual(new Map([...wanted].sort(([a], [b]) => (a < b ? -1 : 1))));
}, 60_000);

describe('what admins ask for', () => {
  const trigger = (body: object) => hub.admin('POST', '/api/admin/reconciliation/trigger', body);

  it('is refused without what it needs', async () => {
    expect(await trigger({ force: true })).toMatchObject({ status: 400, body: { errors: [{ path: 'vendorId' }, { path: 'entity' }] } });
    expect(await trigger({ vendorId: 'nobody' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await trigger({ vendorId: 'v', entity: 'orders' })).toMatchObject({ status: 400, body: { errors: [{ path: 'entity' }] } });
  });

  it('is all entities of a vendor, with an entry in the audit log; an agent that is away ends it', async () => {
    const agent = await inStep(1);
    await hub.pool.query(`update agent_registry set last_heartbeat = now() - interval '1 hour' where vendor_id = $1`, [agent.vendorId]);
    const { status, body } = await trigger({ vendorId: agent.vendorId });
    expect(status).toBe(202);
    expect((body as { runs: { entity: string }[] }).runs.map(({ entity }) => entity).sort()).toEqual(['items', 'stock', 'warehouses']);
    const events = await eventually(async () => {
      const found = await agent.events();
      return found.length === 3 && found;
    });
    for (const event of events) expect(event).toMatchObject({ eventType: 'agent_unreachable', summary: { reason: 'offline', calls: 0 } });
    const metrics = await hub.admin('GET', `/api/admin/metrics/reconciliation/${agent.vendorId}`);
    expect(metrics.body).toEqual({ eventCount: 3, lastRunAt: expect.any(String) as string, driftFrequency: 0, lastDrift: null });
    const { rows } = await hub.pool.query('select action from audit_log where vendor_id = $1', [agent.vendorId]);
    expect(rows).toContainEqual({ action: 'reconciliation.trigger' });
  });
});
