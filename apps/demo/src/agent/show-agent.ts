import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createEnrolment } from '@repo/contracts/operations/admin-agent-operations';
import { getOrder, placeOrder } from '@repo/contracts/operations/order-operations';
import { getItem, listStock } from '@repo/contracts/operations/read-operations';
import { dataFolder } from '@repo/dev-stack/project-root';
import { count, duration } from '@repo/terminal/numbers';
import type { Terminal } from '@repo/terminal/terminal';
import type { Ending } from '@repo/terminal/ending';
import { expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';
import type { Hub } from '../hub/hub-process';
import { seedVendor } from '../vendor-session';
import { AgentProcess } from './agent-process';
import { renameArticle, writeExport, type ExportFolder } from './export-folder';

const VENDOR = 'grossiste-fichiers';
const LOOK_EVERY_MS = 100;
const WITHIN_MS = 60_000;
const NEW_NAME = 'Renommé dans le fichier';

/**
 * `erp-agent` in a process of its own, on the files of an ERP: registers, sends them, shows an edit of a file in the hub, and takes an order
 * as a file. It runs on until it is stopped. Gives what can be tried meanwhile, in lines.
 * @param onStop takes what stops it, before anything is begun
 */
export async function showAgent(
  hub: Hub,
  client: HubClient,
  terminal: Terminal,
  ending: Ending,
  onStop: (stop: () => Promise<void>) => void,
): Promise<string[]> {
  const headers = { 'x-api-key': hub.secrets.apiKey };
  const folder = mkdtempSync(path.join(dataFolder(), 'demo-agent-'));
  const agent = new AgentProcess(folder);
  onStop(async () => {
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const files = writeExport(path.join(folder, 'export'));
  const until = (promise: string, look: () => Promise<boolean>) => untilTrue(promise, look, ending);
  await seedVendor(client, hub.secrets.apiKey, VENDOR, files.mappings);
  const { code } = await client.call(createEnrolment, { headers, params: { vendorId: VENDOR } });
  await terminal.step(
    'erp-agent init',
    () => agent.init({ hub: hub.url, vendor: VENDOR, folder: 'export', code }),
    () => 'with an enrolment code',
  );
  await terminal.step(
    'erp-agent run',
    () => {
      agent.run(ending);
      return until(`${files.stock} rows of stock`, async () => (await stockRows(client, headers)) === files.stock);
    },
    () => `${count(files.items)} articles and ${count(files.stock)} rows of stock from CSV files`,
  );
  const nameOf = async () => (await client.call(getItem, { headers, params: { vendorId: VENDOR, sku: files.sku } })).name;
  await terminal.step(
    'A file is edited',
    () => {
      renameArticle(files, NEW_NAME);
      return until('the edited article is in the hub', async () => (await nameOf()) === NEW_NAME);
    },
    (ms) => `${files.sku} has its new name in the hub after ${duration(ms)}`,
  );
  await terminal.step(
    'An order',
    () => order(client, headers, files.sku, path.join(folder, 'export/orders'), until),
    (file) => `is confirmed, and a file: ${file}`,
  );
  return doorsOf(hub, files, folder);
}

async function order(
  client: HubClient,
  headers: Record<string, string>,
  sku: string,
  folder: string,
  until: (promise: string, look: () => Promise<boolean>) => Promise<number>,
): Promise<string> {
  const lines = [{ sku, quantity: '2', unitPrice: '4.35' }];
  const { id } = await client.call(placeOrder, {
    headers,
    body: { vendorId: VENDOR, orderNumber: 'FILE-1', erpCustomerCode: 'C1', lines },
  });
  const statusOf = async () => (await client.call(getOrder, { headers, params: { id } })).erp.status;
  await until('the order is confirmed', async () => (await statusOf()) === 'confirmed');
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  expectThat(files.length === 1 && files[0]?.includes('FILE-1') === true, 'the order is in the ERP as one file', files);
  return files[0];
}

/** All of them fit into a page. */
async function stockRows(client: HubClient, headers: Record<string, string>): Promise<number> {
  return (await client.call(listStock, { headers, query: { vendorId: VENDOR, limit: '1000' } })).data.length;
}

/** Gives how long it took, in milliseconds. */
async function untilTrue(promise: string, look: () => Promise<boolean>, ending: Ending): Promise<number> {
  const start = performance.now();
  while (!(await look())) {
    expectThat(performance.now() - start < WITHIN_MS, `${promise} within ${WITHIN_MS / 1000} s`, 'it is not');
    await ending.pause(LOOK_EVERY_MS);
  }
  return performance.now() - start;
}

function doorsOf(hub: Hub, { articlesFile, sku }: ExportFolder, folder: string): string[] {
  const shown = (file: string) => path.relative(process.cwd(), file);
  return [
    `Edit ${shown(articlesFile)} (${sku}, say), and look a few seconds later:`,
    `  curl -s -H 'X-API-Key: ${hub.secrets.apiKey}' '${hub.url}/api/items/${VENDOR}/${encodeURIComponent(sku)}'`,
    `Orders of ${VENDOR} become files in ${shown(path.join(folder, 'export/orders'))}; the agent's log is ${shown(path.join(folder, 'erp-agent.log'))}`,
  ];
}
