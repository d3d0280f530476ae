import { computeRoot, readRoots } from '@repo/shared/database/ingest/digest-root';
import { startHub, type Hub } from '../support/hub';
import { at, item, mappedVendor } from '../support/rows';

/** A small generator of pseudo-random numbers, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

describe('batches that touch the same keys at once', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(async () => {
    await hub.stop();
  });

  it('end as if one had come after the other: 16 clients, the same 2,000 keys, no error, the newest row stays', async () => {
    const agent = await mappedVendor(hub);
    const keys = Array.from({ length: 2_000 }, (_, i) => `K${i}`);
    const newest = new Map<string, string>();
    const batches = Array.from({ length: 48 }, (_, version) => {
      const next = random(version + 1);
      return shuffled(keys, next)
        .slice(0, 500)
        .map((sku) => {
          const contentHash = `v${version}`;
          newest.set(sku, contentHash);
          return item(sku, { contentHash, lastSyncedAt: at(version) });
        });
    });
    const order = shuffled(batches, random(99));
    let at_ = 0;
    const client = async () => {
      for (let batch = order[at_++]; batch !== undefined; batch = order[at_++]) {
        const reply = await hub.agent(agent, 'POST', '/api/sync/items', { items: batch });
        expect(reply.status).toBe(200);
        const { results } = reply.body as { results: { reason?: string }[] };
        expect(results.filter(({ reason }) => reason !== undefined && reason !== 'stale')).toEqual([]);
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));

    const { rows } = await hub.pool.query<{ sku: string; content_hash: string }>(
      'select sku, content_hash from items where vendor_id = $1',
      [agent.vendorId],
    );
    expect(new Map(rows.map((row) => [row.sku, row.content_hash]))).toEqual(newest);
    expect((await readRoots(hub.pool, agent.vendorId)).items).toEqual(await computeRoot(hub.pool, agent.vendorId, 'items'));
  });

  it('keep rows, parked rows and digest right while mappings come and change in between', async () => {
    const agent = await mappedVendor(hub);
    const codes = ['PCE', 'BX', 'KG'];
    const keys = Array.from({ length: 150 }, (_, i) => `M${i}`);
    const next = random(5);
    const batches = Array.from({ length: 40 }, (_, version) =>
      keys
        .filter(() => next() < 0.5)
        .map((sku) =>
          item(sku, { contentHash: `v${version}`, lastSyncedAt: at(version), erpUnitCode: codes[Math.floor(next() * 3)] as string }),
        ),
    ).filter((batch) => batch.length > 0);
    const newest = new Map<string, Record<string, unknown>>();
    for (const batch of batches) for (const row of batch) newest.set(row['sku'] as string, row);
    const mappings = (async () => {
      for (const [erpCode, label] of [
        ['BX', 'Carton'],
        ['BX', 'Caisse'],
        ['KG', 'Kilo'],
        ['BX', 'Colis'],
        ['PCE', 'Unité'],
      ] as const) {
        const reply = await hub.admin('POST', '/api/admin/mappings/seed', {
          vendorId: agent.vendorId,
          mappings: [{ mappingType: 'unit', erpCode, restoCode: erpCode, restoLabel: label }],
        });
        expect(reply.status).toBe(200);
      }
    })();
    const order = shuffled(batches, random(17));
    let at_ = 0;
    const client = async () => {
      for (let batch = order[at_++]; batch !== undefined; batch = order[at_++]) {
        expect((await hub.agent(agent, 'POST', '/api/sync/items', { items: batch })).status).toBe(200);
      }
    };
    await Promise.all([mappings, ...Array.from({ length: 8 }, client)]);

    const labels: Record<string, string> = { BX: 'Colis', KG: 'Kilo', PCE: 'Unité' };
    const expected = [...newest.values()]
      .map((row) => `${String(row['sku'])} ${String(row['contentHash'])} ${labels[row['erpUnitCode'] as string]}`)
      .sort();
    const look = async () =>
      (
        await hub.pool.query<{ line: string }>(
          `select sku || ' ' || content_hash || ' ' || unit_label as line from items where vendor_id = $1`,
          [agent.vendorId],
        )
      ).rows
        .map(({ line }) => line)
        .sort();
    const end = Date.now() + 15_000;
    while (JSON.stringify(await look()) !== JSON.stringify(expected) && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await look()).toEqual(expected);
    expect((await hub.pool.query('select key from parked_rows where vendor_id = $1', [agent.vendorId])).rows).toEqual([]);
    expect((await readRoots(hub.pool, agent.vendorId)).items).toEqual(await computeRoot(hub.pool, agent.vendorId, 'items'));
  });
});
