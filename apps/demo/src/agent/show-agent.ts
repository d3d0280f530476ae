import path from 'node:path';
import { getItem, listStock } from '@repo/contracts/operations/read-operations';
import { count, duration } from '@repo/terminal/numbers';
import { AgentStage, shown, type StageParts } from './agent-stage';
import { renameArticle, writeExport } from './export-folder';

const VENDOR = 'grossiste-fichiers';
const NEW_NAME = 'Renommé dans le fichier';

/**
 * `erp-agent` in a process of its own, on the files of an ERP: registers, sends them, shows an edit of a file in the hub, and takes an order
 * as a file. It runs on until it is stopped. Gives what can be tried meanwhile, in lines.
 */
export async function showAgent(parts: StageParts): Promise<string[]> {
  const { hub, client, terminal, ending } = parts;
  const stage = new AgentStage(parts, VENDOR);
  const { headers, folder } = stage;
  const files = writeExport(path.join(folder, 'export'));
  await stage.enrol('export', files.mappings);
  // All of them fit into a page.
  const stockRows = async () => (await client.call(listStock, { headers, query: { vendorId: VENDOR, limit: '1000' } })).data.length;
  await terminal.step(
    'erp-agent run',
    () => {
      stage.agent.run(ending);
      return stage.until(`${files.stock} rows of stock`, async () => (await stockRows()) === files.stock);
    },
    () => `${count(files.items)} articles and ${count(files.stock)} rows of stock from CSV files`,
  );
  const nameOf = async () => (await client.call(getItem, { headers, params: { vendorId: VENDOR, sku: files.sku } })).name;
  await terminal.step(
    'A file is edited',
    () => {
      renameArticle(files, NEW_NAME);
      return stage.until('the edited article is in the hub', async () => (await nameOf()) === NEW_NAME);
    },
    (ms) => `${files.sku} has its new name in the hub after ${duration(ms)}`,
  );
  await stage.showOrder(files.sku, 'export/orders');
  return [
    `Edit ${shown(files.articlesFile)} (${files.sku}, say), and look a few seconds later:`,
    `  curl -s -H 'X-API-Key: ${hub.secrets.apiKey}' '${hub.url}/api/items/${VENDOR}/${encodeURIComponent(files.sku)}'`,
    `Orders of ${VENDOR} become files in ${shown(path.join(folder, 'export/orders'))}; the agent's log is ${shown(stage.agent.logFile)}`,
  ];
}
