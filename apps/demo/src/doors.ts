import { listAgents } from '@repo/contracts/operations/admin-agent-operations';
import { listOrders } from '@repo/contracts/operations/order-operations';
import { getItem } from '@repo/contracts/operations/read-operations';
import { DemoFailure } from './failures';
import { addressOf, type HubClient } from './hub/hub-client';
import type { Hub } from './hub/hub-process';
import type { Servers } from './servers';
import type { Terminal } from '@repo/terminal/terminal';

const PAGES = { 'API docs': '/api/docs', Health: '/health', Metrics: '/metrics' };
const LABEL_WIDTH = 12;

/** Prints where to go on from here; every address has been tried. `item` is one that is stored. */
export async function showDoors(
  hub: Hub,
  client: HubClient,
  servers: Servers,
  item: { vendorId: string; sku: string } | undefined,
  terminal: Terminal,
): Promise<void> {
  const fact = (label: string, text: string) => terminal.line(`  ${label.padEnd(LABEL_WIDTH)} ${text}`);
  for (const [label, path] of Object.entries(PAGES)) {
    await expectOk(client, path);
    fact(label, terminal.paint.cyan(hub.url + path));
  }
  fact('Admin key', `${hub.secrets.apiKey}  (header X-API-Key)`);
  fact('PostgreSQL', servers.databaseUrl);
  fact('Log', hub.logFile);
  terminal.line();
  terminal.line('  Try');
  const agents = addressOf(listAgents, { query: { limit: '5' } });
  const orders = addressOf(listOrders, { query: { erpStatus: 'confirmed', limit: '5' } });
  for (const address of [...(item === undefined ? [] : [addressOf(getItem, { params: item })]), orders, agents]) {
    await expectOk(client, address, { 'x-api-key': hub.secrets.apiKey });
    terminal.line(`    curl -s -H 'X-API-Key: ${hub.secrets.apiKey}' '${hub.url}${address}'`);
  }
}

async function expectOk(client: HubClient, address: string, headers: Record<string, string> = {}): Promise<void> {
  const status = await client.statusOf(address, headers);
  if (status !== 200) throw new DemoFailure(`Not as promised: GET ${address} answers 200; instead: ${status}`);
}
