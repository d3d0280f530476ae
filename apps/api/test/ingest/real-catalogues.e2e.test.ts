import { existsSync } from 'node:fs';
import path from 'node:path';
import { batches } from '@repo/sample-data/batches';
import { readCatalogue } from '@repo/sample-data/read-catalogue';
import { computeRoot, readRoots } from '@repo/shared/database/ingest/digest-root';
import { registerAgent, startHub, type Hub } from '../support/hub';

const FOLDER = process.env['REAL_DATA_DIR'] ?? path.resolve(__dirname, '../../../../../shared/data');

describe('real catalogues', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(async () => {
    await hub.stop();
  });

  it('come in whole: every row gets a verdict, and what is stored is the last of each key', async () => {
    if (!existsSync(FOLDER)) {
      process.stdout.write('No real catalogues here (REAL_DATA_DIR is not set): nothing was tried on them.\n');
      return;
    }
    for (const catalogue of await readCatalogue(FOLDER)) {
      const agent = await registerAgent(hub, catalogue.vendor);
      const mappings: unknown[] = [];
      for await (const entry of catalogue.mappings()) mappings.push(entry);
      expect((await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: catalogue.vendor, mappings })).status).toBe(200);
      for (const entity of ['warehouses', 'items', 'stock'] as const) {
        const last = new Map<string, string>();
        for await (const rows of batches(catalogue[entity]() as AsyncIterable<Record<string, string>>, 5_000)) {
          const reply = await hub.agent(agent, 'POST', `/api/sync/${entity}/batch?results=problems`, { [entity]: rows });
          const { processed, skipped, failed, results } = reply.body as {
            processed: number;
            skipped: number;
            failed: number;
            results: { reason: string }[];
          };
          expect(processed + skipped + failed).toBe(rows.length);
          // Some barcodes stand twice in the source; whichever comes last at one time wins.
          expect(results.filter(({ reason }) => reason !== 'superseded')).toEqual([]);
          for (const row of rows)
            last.set([row['erpWarehouseId'], row['sku']].filter((part) => part !== undefined).join('\u001f'), row['contentHash'] as string);
        }
        const key = { items: 'sku', warehouses: 'erp_warehouse_id', stock: `erp_warehouse_id || U&'\\001F' || sku` }[entity];
        const { rows } = await hub.pool.query<{ key: string; content_hash: string }>(
          `select ${key} as key, content_hash from ${entity} where vendor_id = $1`,
          [catalogue.vendor],
        );
        expect(rows.length).toBe(last.size);
        expect(rows.filter((row) => last.get(row.key) !== row.content_hash)).toEqual([]);
        expect((await readRoots(hub.pool, catalogue.vendor))[entity]).toEqual(await computeRoot(hub.pool, catalogue.vendor, entity));
      }
    }
  });
});
