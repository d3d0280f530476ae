import { eventually, startHub, type Hub, type HubReply, type TestAgent } from '../support/hub';
import { at, item, mappedVendor, stock, UNIT, warehouse } from '../support/rows';

describe('verdicts of the ingest', () => {
  let hub: Hub;
  let agent: TestAgent;
  beforeAll(async () => {
    hub = await startHub();
  });
  beforeEach(async () => {
    agent = await mappedVendor(hub);
  });
  afterAll(async () => {
    await hub.stop();
  });

  const push = (entity: 'items' | 'stock' | 'warehouses', rows: unknown[], path = '') =>
    hub.agent(agent, 'POST', `/api/sync/${entity}${path}`, { [entity]: rows });
  const reasons = (reply: HubReply) =>
    (reply.body as { results: { status: string; change?: string; reason?: string }[] }).results.map((one) => one.change ?? one.reason);
  const stored = async (sku: string) =>
    (await hub.admin('GET', `/api/items/${agent.vendorId}/${encodeURIComponent(sku)}`)).body as Record<string, unknown>;

  it('gives one verdict a row, in the order of the request', async () => {
    const reply = await push('items', [
      item('A'),
      item('B', { name: '' }),
      item('C', { erpUnitCode: 'BX' }),
      item('A', { lastSyncedAt: at(1) }),
    ]);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      processed: 1,
      skipped: 1,
      failed: 2,
      results: [
        { index: 0, key: 'A', status: 'skipped', reason: 'superseded' },
        { index: 1, key: 'B', status: 'failed', reason: 'invalid', detail: 'name: must not be empty' },
        { index: 2, key: 'C', status: 'failed', reason: 'unmapped_unit', detail: 'no mapping for unit code "BX"', parked: true },
        { index: 3, key: 'A', status: 'processed', change: 'created' },
      ],
    });
  });

  it('leaves out what is processed or unchanged when only problems are asked for', async () => {
    await push('items', [item('A')]);
    const reply = await push('items', [item('A'), item('B'), item('C', { name: 1 })], '?results=problems');
    expect(reply.body).toMatchObject({ processed: 1, skipped: 1, failed: 1, results: [{ index: 2, key: 'C', reason: 'invalid' }] });
  });

  it('tells created, updated, unchanged and stale apart', async () => {
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(10) })]))).toEqual(['created']);
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(10) })]))).toEqual(['unchanged']);
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(9), contentHash: 'x1' })]))).toEqual(['stale']);
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(10), contentHash: 'x1' })]))).toEqual(['updated']);
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(11), contentHash: 'x2' })]))).toEqual(['updated']);
  });

  it('lets no delayed older row win after a newer unchanged one', async () => {
    await push('items', [item('A', { contentHash: 'same', lastSyncedAt: at(0) })]);
    expect(reasons(await push('items', [item('A', { contentHash: 'same', lastSyncedAt: at(100) })]))).toEqual(['unchanged']);
    expect(reasons(await push('items', [item('A', { contentHash: 'late', lastSyncedAt: at(50) })]))).toEqual(['stale']);
    expect(await stored('A')).toMatchObject({ contentHash: 'same', lastSyncedAt: at(100) });
  });

  it('restores a deleted row, but not with an older one', async () => {
    await push('items', [item('A', { lastSyncedAt: at(10) })]);
    await hub.pool.query('update items set deleted_at = now() where vendor_id = $1', [agent.vendorId]);
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(9) })]))).toEqual(['stale']);
    expect(reasons(await push('items', [item('A', { lastSyncedAt: at(10) })]))).toEqual(['restored']);
    expect(await stored('A')).toMatchObject({ deletedAt: null });
  });

  it('keeps near-equal keys apart and every text byte for byte', async () => {
    const rows = ['DUPX', 'dupx', 'dupx ', '0003', '0003 ', '🧀-001', 'Crème', 'Cre\u0300me'].map((sku) =>
      item(sku, { name: ` ${sku}\t"quoted" \\ {a,b} NULL ` }),
    );
    expect(reasons(await push('items', rows))).toEqual(rows.map(() => 'created'));
    for (const row of rows) expect(await stored(row['sku'] as string)).toMatchObject({ sku: row['sku'], name: row['name'] });
  });

  it('keeps decimals exact and gives them without trailing zeros', async () => {
    const prices = {
      unitPrice: '12345678901234567890.1234567891',
      priceExclVat: 0.1,
      priceInclVat: '-0.50',
      vatAmount: 1e-7,
      catalogPrice: '007',
    };
    await push('items', [item('A', prices)]);
    expect(await stored('A')).toMatchObject({
      unitPrice: '12345678901234567890.1234567891',
      priceExclVat: '0.1',
      priceInclVat: '-0.5',
      vatAmount: '0.0000001',
      catalogPrice: '7',
    });
    const bad = ['1.00000000001', '123456789012345678901', '1e5', '', ' 1', 0.1234567890123456].map((unitPrice, i) =>
      item(`B${i}`, { unitPrice }),
    );
    expect(reasons(await push('items', bad))).toEqual(bad.map(() => 'invalid'));
  });

  it('parks for the unit, then for the VAT, and writes by itself when both are mapped', async () => {
    const row = item('P', { erpUnitCode: 'BX', erpVatCode: 'T9', erpFamilyCode: 'F1' });
    expect(reasons(await push('items', [row]))).toEqual(['unmapped_unit']);
    const waiting = await hub.admin('GET', `/api/admin/parked?vendorId=${agent.vendorId}`);
    expect(waiting.body).toMatchObject({
      data: [{ key: 'P', reason: 'unmapped_unit', waitsFor: ['unit:BX', 'vat:T9'] }],
      meta: { total: 1 },
    });
    const inbox = await hub.admin('GET', `/api/admin/mappings/unmapped?vendorId=${agent.vendorId}`);
    expect(
      (inbox.body as { data: { erpCode: string; parkedRows: number }[] }).data
        .map(({ erpCode, parkedRows }) => `${erpCode} ${parkedRows}`)
        .sort(),
    ).toEqual(['BX 1', 'T9 1']);
    await hub.admin('POST', '/api/admin/mappings', { vendorId: agent.vendorId, ...UNIT, erpCode: 'BX' });
    await hub.admin('POST', '/api/admin/mappings', {
      vendorId: agent.vendorId,
      mappingType: 'vat',
      erpCode: 'T9',
      restoCode: 'FR-20',
      restoLabel: 'TVA 20 %',
      vatRate: 20,
    });
    const written = await eventually(async () => {
      const reply = await hub.admin('GET', `/api/items/${agent.vendorId}/P`);
      return reply.status === 200 && (reply.body as Record<string, unknown>);
    });
    expect(written).toMatchObject({ unitCode: 'PCE', vatCode: 'FR-20', vatRate: '20', familyCode: null });
    expect((await hub.admin('GET', `/api/admin/parked?vendorId=${agent.vendorId}`)).body).toMatchObject({ meta: { total: 0 } });
  });

  it('keeps at most the newest parked row of a key, and drops it for a newer written one only', async () => {
    await push('items', [item('P', { erpUnitCode: 'BX', lastSyncedAt: at(20), contentHash: 'p20' })]);
    await push('items', [item('P', { erpUnitCode: 'BY', lastSyncedAt: at(10), contentHash: 'p10' })]);
    const kept = async () =>
      (
        await hub.pool.query<{ content_hash: string }>('select content_hash from parked_rows where vendor_id = $1', [agent.vendorId])
      ).rows.map((row) => row.content_hash);
    expect(await kept()).toEqual(['p20']);
    expect(reasons(await push('items', [item('P', { lastSyncedAt: at(15), contentHash: 'w15' })]))).toEqual(['created']);
    expect(await kept()).toEqual(['p20']);
    expect(reasons(await push('items', [item('P', { lastSyncedAt: at(20), contentHash: 'w20' })]))).toEqual(['updated']);
    expect(await kept()).toEqual([]);
  });

  it('parks stock for its item, then for its warehouse, and writes it when both arrive', async () => {
    expect(reasons(await push('stock', [stock('S', 'W1'), stock('S', 'W2')]))).toEqual(['item_not_found', 'item_not_found']);
    await push('warehouses', [warehouse('W1')]);
    await push('items', [item('S')]);
    const levels = () => hub.admin('GET', `/api/stock/${agent.vendorId}/S`);
    await eventually(async () => (await levels()).status === 200);
    expect((await levels()).body).toMatchObject({ data: [{ erpWarehouseId: 'W1', realStock: '10' }] });
    expect((await hub.admin('GET', `/api/admin/parked?vendorId=${agent.vendorId}&entity=stock`)).body).toMatchObject({
      data: [{ key: 'W2\u001fS' }],
    });
    await push('warehouses', [warehouse('W2')]);
    await eventually(async () => ((await levels()).body as { data: unknown[] }).data.length === 2);
  });

  it('refuses a batch over the limit whole, and an empty one', async () => {
    const rows = Array.from({ length: 501 }, (_, i) => item(`R${i}`));
    expect(await push('items', rows)).toMatchObject({ status: 413, body: { code: 'too_many_rows' } });
    expect((await push('items', rows, '/batch')).status).toBe(200);
    expect(await push('items', [])).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path: 'items' }] } });
    expect(await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('A')], extra: 1 })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'extra' }] },
    });
  });

  it('keeps the running digest equal to the one of the rows, parked ones included', async () => {
    await push('items', [item('A'), item('B'), item('C', { erpUnitCode: 'BX' }), item('D', { erpVatCode: 'TX' })]);
    await push('items', [
      item('A', { lastSyncedAt: at(1), contentHash: 'a2' }),
      item('B', { lastSyncedAt: at(1), erpUnitCode: 'BX', contentHash: 'b2' }),
    ]);
    await push('items', [item('C', { lastSyncedAt: at(1), contentHash: 'c2' })]);
    const { computeRoot, readRoots } = await import('@repo/shared/database/ingest/digest-root');
    const roots = await readRoots(hub.pool, agent.vendorId);
    expect(roots.items).toEqual(await computeRoot(hub.pool, agent.vendorId, 'items'));
    expect(roots.items.count).toBe(4);
    const beat = await hub.agent(agent, 'POST', '/api/agents/heartbeat', {
      digests: { items: roots.items, stock: { count: 1, digest: '0000000000000001' } },
    });
    expect(beat.body).toMatchObject({ drift: { items: 'in_sync', stock: 'drift' } });
  });
});
