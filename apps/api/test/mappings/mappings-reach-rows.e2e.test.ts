import { eventually, registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';
import { storeItems } from './mapping-fixture';

const unit = (erpCode: string, restoCode: string) => ({ mappingType: 'unit', erpCode, restoCode, restoLabel: `Label ${restoCode}` });
const vat = (erpCode: string, restoCode: string, vatRate: string) => ({
  mappingType: 'vat',
  erpCode,
  restoCode,
  restoLabel: restoCode,
  vatRate,
});
const item = (sku: string, more: object = {}) => ({
  sku,
  name: `Item ${sku}`,
  contentHash: `hash-${sku}`,
  lastSyncedAt: '2026-01-31T08:30:00Z',
  erpUnitCode: 'BX',
  erpVatCode: 'T1',
  ...more,
});

describe('mappings and the rows they are for', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(() => hub.stop());

  const seed = (vendorId: string, mappings: readonly object[], on = hub) =>
    on.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings });
  const push = (agent: TestAgent, items: readonly object[], on = hub) => on.agent(agent, 'POST', '/api/sync/items', { items });
  const stored = async (vendorId: string, sku: string) => (await hub.admin('GET', `/api/items/${vendorId}/${sku}`)).body;

  it('brings a change to stored rows by itself, visibly to whoever reads by change', async () => {
    const agent = await registerAgent(hub, 'change');
    await seed('change', [unit('BX', 'BOX'), vat('T1', 'FR-5.5', '5.5')]);
    await push(agent, [item('A'), item('B', { erpFamilyCode: 'F1' })]);
    expect(await stored('change', 'B')).toMatchObject({ unitCode: 'BOX', familyCode: null });
    const before = (await hub.admin('GET', '/api/items?vendorId=change&limit=10')).body;

    await seed('change', [unit('BX', 'CRATE'), { ...unit('F1', 'DAIRY'), mappingType: 'family' }]);
    await eventually(async () => (await stored('change', 'B')).familyCode === 'DAIRY');
    expect(await stored('change', 'A')).toMatchObject({ unitCode: 'CRATE', unitLabel: 'Label CRATE', vatCode: 'FR-5.5', vatRate: '5.5' });
    const since = await eventually(async () => {
      const reply = await hub.admin('GET', `/api/items?vendorId=change&limit=10&cursor=${encodeURIComponent(before.meta.nextCursor)}`);
      return reply.body.data.length === 2 && reply.body;
    });
    expect(since.data.map(({ sku }: { sku: string }) => sku).sort()).toEqual(['A', 'B']);
    // The ERP has said nothing new: the same row is still unchanged.
    expect((await push(agent, [item('A')])).body.results).toMatchObject([{ status: 'skipped', reason: 'unchanged' }]);
  });

  it('says how many parked rows a new mapping will replay, and replays them by itself', async () => {
    const agent = await registerAgent(hub, 'replay');
    await seed('replay', [vat('T1', 'FR-5.5', '5.5')]);
    const reply = await push(agent, [item('A'), item('B'), item('C', { erpUnitCode: 'KG' })]);
    expect(reply.body.results).toMatchObject([{ reason: 'unmapped_unit', parked: true }, {}, {}]);
    expect((await seed('replay', [unit('BX', 'BOX'), vat('T1', 'FR-5.5', '5.5')])).body).toEqual({
      created: 1,
      updated: 0,
      unchanged: 1,
      replaying: 2,
    });
    await eventually(async () => (await stored('replay', 'B')).unitCode === 'BOX');
    expect((await hub.admin('GET', '/api/admin/mappings/unmapped?vendorId=replay')).body.data).toMatchObject([
      { erpCode: 'KG', parkedRows: 1 },
    ]);
  });

  it('takes an answered code out of the inbox, though the rows still wait for another one', async () => {
    const agent = await registerAgent(hub, 'both');
    expect((await push(agent, [item('A')])).body.results).toMatchObject([{ reason: 'unmapped_unit' }]);
    const lastSeenAt = (await hub.admin('GET', '/api/admin/parked?vendorId=both')).body.data[0].lastSeenAt;
    await seed('both', [unit('BX', 'BOX')]);
    const [parked] = await eventually(async () => {
      const { data } = (await hub.admin('GET', '/api/admin/parked?vendorId=both&reason=unmapped_vat')).body;
      return data.length > 0 && data;
    });
    expect(parked).toMatchObject({ key: 'A', waitsFor: ['vat:T1'], lastSeenAt });
    const inbox = (await hub.admin('GET', '/api/admin/mappings/unmapped?vendorId=both')).body.data;
    expect(inbox).toMatchObject([{ mappingType: 'vat', erpCode: 'T1', parkedRows: 1 }]);
    const { missingMappings } = (await hub.agent(agent, 'GET', '/api/agents/me')).body;
    expect(missingMappings).toEqual([{ mappingType: 'vat', erpCode: 'T1', parkedRows: 1 }]);
  });

  it('stops serving a deleted mapping at once, on every instance', async () => {
    const second = await startHub({ beside: hub });
    const agent = await registerAgent(hub, 'two');
    await seed('two', [unit('BX', 'BOX'), vat('T1', 'FR-5.5', '5.5')]);
    for (const on of [hub, second]) await push(agent, [item(`warm-${on === hub ? 1 : 2}`)], on);
    const [mapping] = (await hub.admin('GET', '/api/admin/mappings?vendorId=two&type=unit')).body.data;
    await hub.admin('PUT', `/api/admin/mappings/${mapping.id}`, { restoCode: 'CRATE' });
    expect((await push(agent, [item('A')], second)).body.processed).toBe(1);
    expect(await stored('two', 'A')).toMatchObject({ unitCode: 'CRATE' });
    await second.admin('DELETE', `/api/admin/mappings/${mapping.id}`);
    expect((await push(agent, [item('B')])).body.results).toMatchObject([{ reason: 'unmapped_unit' }]);
    expect(await stored('two', 'A')).toMatchObject({ unitCode: 'CRATE' });
    await second.stop();
  });

  it('ends with every row as the last mapping says, however batches and changes cross', async () => {
    const agent = await registerAgent(hub, 'cross');
    await seed('cross', [unit('BX', 'R0'), vat('T1', 'FR-5.5', '5.5')]);
    const pushers = Array.from({ length: 4 }, async (_, p) => {
      for (let i = 0; i < 15; i++) {
        const reply = await push(
          agent,
          Array.from({ length: 40 }, (_, n) => item(`${p}-${i}-${n}`)),
        );
        expect(reply.body).toMatchObject({ processed: 40 });
      }
    });
    for (let i = 1; i <= 15; i++) expect((await seed('cross', [unit('BX', `R${i}`)])).body.updated).toBe(1);
    await Promise.all(pushers);
    const counts = await eventually(async () => {
      const { rows } = await hub.pool.query<{ unit_code: string; count: number }>(
        `select unit_code, count(*)::int from items where vendor_id = 'cross' group by unit_code`,
      );
      return rows.length === 1 && rows;
    });
    expect(counts).toEqual([{ unit_code: 'R15', count: 4 * 15 * 40 }]);
  });

  it('goes on applying after kill -9 in the middle', async () => {
    const killed = await startHub();
    try {
      await killed.admin('POST', '/api/admin/mappings', { vendorId: 'killed', ...vat('T1', 'FR-5.5', '5.5') });
      // Nothing of it is left to apply to the items: else that would be held up, and the next one behind it.
      await eventually(async () => {
        const { rowCount } = await killed.pool.query(
          `select from mapping_versions where vendor_id = 'killed' and applied_version = version`,
        );
        return rowCount === 1;
      });
      await storeItems(killed.pool, 'killed', 10_000);
      const count = async (meaning: string) =>
        (
          await killed.pool.query<{ count: number }>(`select count(*)::int from items where vendor_id = 'killed' and unit_code = $1`, [
            meaning,
          ])
        ).rows[0]?.count ?? 0;
      // Held up at an item, so that the kill comes in the middle however fast the machine is.
      const holder = await killed.pool.connect();
      try {
        await holder.query('begin');
        await holder.query(`select from items where vendor_id = 'killed' and sku = 'S-005000' for update`);
        await killed.admin('POST', '/api/admin/mappings', { vendorId: 'killed', ...unit('BX', 'BOX') });
        await eventually(async () => (await count('BOX')) === 4_000);
        await killed.kill();
      } finally {
        // An open transaction would hold up every reader by change of the cluster.
        await holder.query('rollback');
        holder.release();
      }
      expect(await count('OLD')).toBeGreaterThan(0);
      await killed.restart();
      // Any further change finds what was left; without one the sweep does, once a minute.
      await killed.admin('POST', '/api/admin/mappings', { vendorId: 'killed', ...unit('KG', 'KILO') });
      await eventually(async () => (await count('BOX')) === 10_000);
    } finally {
      await killed.stop();
    }
  });
});
