import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as sdk from '@erp-sync-hub/agent-sdk';
import { FAST_DELIVERY, placeOrder, readOrder, untilErpStatus } from '../support/erp';
import { startHub, type Hub } from '../support/hub';
import { item, UNIT, VAT } from '../support/rows';

let hub: Hub;
let folder: string;
const errors: unknown[] = [];
const onError = (error: unknown) => void errors.push(error);
beforeAll(async () => {
  [hub, folder] = await Promise.all([
    startHub({ env: { ...FAST_DELIVERY, AGENT_TIMEOUT_MS: '5000', BREAKER_WINDOW_MS: '60000' } }),
    mkdtemp(path.join(tmpdir(), 'sdk-')),
  ]);
});
afterAll(async () => {
  await hub.stop();
  await rm(folder, { recursive: true });
});

/** An agent made with the SDK, and the orders of its ERP. */
async function connect(vendorId: string, agentUrl?: string) {
  const credentials = new sdk.CurrentCredentials({ vendorId, token: 'none-yet' });
  const client = new sdk.HubClient({ baseUrl: hub.baseUrl, credentials: credentials.provider });
  const secret = { kind: 'registration_secret', secret: hub.agentSecret } as const;
  const registered = await client.register({ vendorId, erpType: 'SDK', ...(agentUrl === undefined ? {} : { agentUrl }) }, secret);
  credentials.replaceToken(registered.token as string);
  const secrets = [{ outboundToken: registered.outboundToken as string, signingSecret: registered.signingSecret as string }];
  await hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings: [UNIT, VAT] });

  const created: string[] = [];
  const ledger = await sdk.FileLedger.open(path.join(folder, `${vendorId}.jsonl`));
  const orders = new sdk.ExactlyOnceOrders({
    ledger,
    client,
    onError,
    erp: {
      createOrder({ orderNumber }) {
        created.push(orderNumber);
        return Promise.resolve({ status: 'completed', erpReference: `ERP-${orderNumber}` });
      },
      cancelOrder: () => Promise.resolve({ status: 'completed', erpReference: null }),
      findOrder: () => Promise.resolve(undefined),
    },
  });
  const { clock } = client;
  const answerer = new sdk.CallAnswerer({
    handler: sdk.joinHandlers(orders),
    secrets: () => secrets,
    clock,
    onTrouble: ({ error }) => onError(error),
  });
  await client.heartbeat({ version: '1.0.0' });
  orders.start();
  const stop = async () => {
    await orders.stop();
    await ledger.close();
  };
  return { client, credentials, secrets, clock, answerer, created, stop };
}

async function pushAndOrder(vendorId: string, { client, created }: Awaited<ReturnType<typeof connect>>): Promise<void> {
  const rows = Array.from({ length: 1_200 }, (_, n) => item(`A-${n}`));
  const pushed = await sdk.pushRows(client, 'items', [...rows, { sku: 'bad' }], { size: 'incremental' });
  expect(pushed).toMatchObject({ rows: 1_201, batches: 3, processed: 1_200, failed: 1, reasons: { invalid: 1 } });
  expect(await sdk.pushRows(client, 'items', rows, { size: 'full' })).toMatchObject({ batches: 1, skipped: 1_200 });
  const order = await placeOrder(hub, vendorId, 'N-1');
  await untilErpStatus(hub, order.id, 'confirmed');
  expect(await readOrder(hub, order.id)).toMatchObject({ erp: { erpReference: 'ERP-N-1' } });
  expect(created).toEqual(['N-1']);
}

it('an agent of the SDK that polls pushes its rows, takes an order, and rotates its secrets', async () => {
  const agent = await connect('sdk-pull');
  const { client, credentials, secrets, answerer, clock, created, stop } = agent;
  expect(await client.me()).toMatchObject({ vendorId: 'sdk-pull', mode: 'pull', version: '1.0.0' });
  const loop = new sdk.PollLoop({ client, answerer, clock, onError });
  loop.start();
  await pushAndOrder('sdk-pull', agent);
  const { token, outboundToken, signingSecret } = await client.rotate();
  credentials.replaceToken(token);
  secrets.unshift({ outboundToken, signingSecret });
  const order = await placeOrder(hub, 'sdk-pull', 'N-2');
  await untilErpStatus(hub, order.id, 'confirmed');
  expect(created).toEqual(['N-1', 'N-2']);
  await loop.stop();
  await stop();
  expect(errors).toEqual([]);
});

it('an agent of the SDK that listens does the same', async () => {
  const server = createServer((request, response) => listener?.(request, response));
  let listener: ReturnType<typeof sdk.pushListener> | undefined;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = await connect('sdk-push', `http://127.0.0.1:${(server.address() as AddressInfo).port}/erp`);
  listener = sdk.pushListener({ answerer: agent.answerer, prefix: '/erp', onError });
  await pushAndOrder('sdk-push', agent);
  server.closeAllConnections();
  server.close();
  await agent.stop();
  expect(errors).toEqual([]);
});
