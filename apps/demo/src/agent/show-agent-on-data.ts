import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listItems, listStock, listWarehouses } from '@repo/contracts/operations/read-operations';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { FileCatalogue } from '@repo/sample-data/read-catalogue';
import type { MappingEntry } from '@repo/sample-data/rows';
import { count, plural } from '@repo/terminal/numbers';
import { DemoFailure } from '../failures';
import { AgentStage, shown, type StageParts } from './agent-stage';
import { sourceOfMapping } from './source-of-mapping';

const LISTS = { items: listItems, stock: listStock, warehouses: listWarehouses };
/** Nothing new for so long: what the agent can read is in. */
const STILL_MS = 4_000;
const LOOK_EVERY_MS = 500;
const FIRST_ROW_MS = 60_000;

/**
 * `erp-agent` in a process of its own, on the very files that the demo was given: what their columns mean, it is told in its own
 * words. Nothing is written to that folder. Gives what can be tried meanwhile, in lines.
 */
export async function showAgentOnData(catalogue: FileCatalogue, folder: string, parts: StageParts): Promise<string[]> {
  const { hub, client, terminal, ending } = parts;
  const vendorId = `${catalogue.vendor.slice(0, 58)}-files`;
  const stage = new AgentStage(parts, vendorId);
  const { headers } = stage;
  mkdirSync(path.join(stage.folder, 'orders'));
  const config = {
    hub: { url: hub.url },
    vendorId,
    erpType: 'CSV files',
    source: sourceOfMapping(catalogue.mapping, path.resolve(folder), 'orders'),
    push: { everySeconds: 2 },
  };
  // JSON is YAML, too.
  writeFileSync(path.join(stage.folder, 'erp-agent.yaml'), JSON.stringify(config, null, 2));
  const mappings: MappingEntry[] = [];
  for await (const entry of catalogue.mappings()) mappings.push(entry);
  await stage.enrol(path.resolve(folder), mappings);

  const rows = { items: new Set<string>(), stock: new Set<string>(), warehouses: new Set<string>() };
  const cursors: Partial<Record<Entity, string>> = {};
  const readOn = async (entity: Entity): Promise<void> => {
    for (let more = true; more;) {
      const cursor = cursors[entity];
      const query = { vendorId, limit: '1000', ...(cursor === undefined ? {} : { cursor }) };
      const { data, meta } = await client.call(LISTS[entity], { headers, query });
      for (const row of data) rows[entity].add(keyOf(entity, row) ?? '');
      cursors[entity] = meta.nextCursor;
      more = meta.hasMore;
    }
  };
  await terminal.step(
    'erp-agent run',
    async (note) => {
      stage.agent.run(ending);
      const total = () => rows.items.size + rows.stock.size + rows.warehouses.size;
      const end = performance.now() + FIRST_ROW_MS;
      for (let still = 0; total() === 0 ? performance.now() < end : still < STILL_MS; still += LOOK_EVERY_MS) {
        const before = total();
        for (const entity of ['warehouses', 'items', 'stock'] as const) await readOn(entity);
        if (total() !== before) still = 0;
        note(`${count(total())} rows`);
        await ending.pause(LOOK_EVERY_MS);
      }
    },
    () => `${plural(rows.items.size, 'article')} and ${count(rows.stock.size)} rows of stock, read from ${folder}`,
  );
  const [sku] = rows.items;
  if (sku === undefined) throw new DemoFailure(`The agent read no article from ${folder}: see ${stage.agent.logFile}`);
  await stage.showOrder(sku, 'orders');
  return [
    `Edit a file in ${folder}, and the article a few seconds later:`,
    `  curl -s -H 'X-API-Key: ${hub.secrets.apiKey}' '${hub.url}/api/items/${vendorId}/${encodeURIComponent(sku)}'`,
    `How the agent reads it is in ${shown(path.join(stage.folder, 'erp-agent.yaml'))}; its log, with what it could not read, is ${shown(stage.agent.logFile)}`,
    `Orders of ${vendorId} become files in ${shown(path.join(stage.folder, 'orders'))}`,
  ];
}
