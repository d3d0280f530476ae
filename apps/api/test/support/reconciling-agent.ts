import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as sdk from '@erp-sync-hub/agent-sdk';
import type { Entity } from '@repo/contracts/primitives';
import { eventually, type Hub } from './hub';
import { item, UNIT, VAT } from './rows';
import type { Transport } from './erp';

/** An event as the API shows it. */
export interface EventBody {
  entity: Entity;
  eventType: string;
  summary: Record<string, unknown> & { runId: string; rows: Record<string, number>; calls: number };
  details: Record<string, unknown> | null;
}

/** Answers in the place of those of an honest agent; `raw` writes what it likes, where it says true, to a hub that calls. */
export type Lies = Partial<sdk.ReconciliationHandler> & {
  raw?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
};

/** A vendor whose rows stand in memory, and whose agent compares them with the hub's. */
export interface ReconcilingAgent {
  vendorId: string;
  client: sdk.HubClient;
  store: sdk.MemoryStore;
  lies: Lies;
  push: (entity: Entity, rows: readonly sdk.Row[]) => Promise<unknown>;
  beat: () => Promise<Record<string, string | undefined>>;
  /** Runs a comparison by hand, and gives the event that ended it. */
  compare: (entity?: Entity, force?: boolean) => Promise<EventBody>;
  /** Of its newest comparisons, the last first. */
  events: (entity?: Entity) => Promise<EventBody[]>;
  /** Whether both sides hold the same, by the rows of the one and the running root of the other. */
  inSync: (entity?: Entity) => Promise<boolean>;
  stop: () => Promise<void>;
}

/** Short: an agent must be back before a hub that was started again asks it. */
const PAUSES = { baseMs: 50, maxMs: 300 };

/** Registers a vendor and starts its agent. */
export async function connectReconcilingAgent(hub: Hub, vendorId: string, transport: Transport): Promise<ReconcilingAgent> {
  const troubles: unknown[] = [];
  const onError = (error: unknown) => void troubles.push(error);
  const credentials = new sdk.CurrentCredentials({ vendorId, token: 'none-yet' });
  const client = new sdk.HubClient({ baseUrl: hub.baseUrl, credentials: credentials.provider });
  const { clock } = client;
  const store = new sdk.MemoryStore();
  const lies: Lies = {};
  const honest = sdk.answerReconciliation(store);
  let secrets: sdk.OutboundSecrets[] = [];
  const handler: Partial<sdk.AgentHandler> = {
    digest: (call, context) => (lies.digest ?? honest.digest)(call, context),
    keys: (call, context) => (lies.keys ?? honest.keys)(call, context),
    rows: (call, context) => (lies.rows ?? honest.rows)(call, context),
  };
  const answerer = new sdk.CallAnswerer({ handler, secrets: () => secrets, clock, onTrouble: ({ error }) => onError(error) });
  let server: Server | undefined;
  if (transport === 'push') {
    const listener = sdk.pushListener({ answerer });
    server = createServer((request, response) => {
      if (lies.raw?.(request, response) !== true) listener(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const agentUrl = server === undefined ? {} : { agentUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const registered = await client.register(
    { vendorId, erpType: 'Memory', ...agentUrl },
    { kind: 'registration_secret', secret: hub.agentSecret },
  );
  credentials.replaceToken(registered.token as string);
  secrets = [{ outboundToken: registered.outboundToken as string, signingSecret: registered.signingSecret as string }];
  await hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings: [UNIT, VAT] });
  const beat = async () => {
    const digests = { items: store.root('items'), stock: store.root('stock'), warehouses: store.root('warehouses') };
    return (await client.heartbeat({ digests })).drift;
  };
  await client.heartbeat({});
  const loop = transport === 'pull' ? new sdk.PollLoop({ client, answerer, clock, pauses: PAUSES, onError }) : undefined;
  loop?.start();

  const events = async (entity?: Entity) => {
    const query = new URLSearchParams({ vendorId, limit: '100', ...(entity === undefined ? {} : { entity }) });
    const { body } = await hub.admin('GET', `/api/admin/reconciliation/events?${query.toString()}`);
    return (body as { data: EventBody[] }).data;
  };
  return {
    vendorId,
    client,
    store,
    lies,
    push: (entity, rows) => sdk.pushRows(client, entity, rows, { size: 'incremental' }),
    beat,
    events,
    async compare(entity = 'items', force = false) {
      const { status, body } = await hub.admin('POST', '/api/admin/reconciliation/trigger', {
        vendorId,
        entity,
        ...(force ? { force } : {}),
      });
      if (status !== 202) throw new Error(`a comparison was answered ${status}: ${JSON.stringify(body)}`);
      const [run] = (body as { runs: { jobId: string }[] }).runs;
      return eventually(async () =>
        (await events(entity)).find(({ eventType, summary }) => summary.runId === run?.jobId && eventType !== 'drift_detected'),
      );
    },
    async inSync(entity = 'items') {
      return (await beat())[entity] === 'in_sync';
    },
    async stop() {
      await loop?.stop({ withinMs: 1_000 });
      server?.closeAllConnections();
      server?.close();
    },
  };
}

/** A vendor `vendorId` with the items `A-0`, `A-1` … on both sides. */
export async function connectInStep(hub: Hub, vendorId: string, count: number, transport: Transport = 'push'): Promise<ReconcilingAgent> {
  const agent = await connectReconcilingAgent(hub, vendorId, transport);
  const rows = Array.from({ length: count }, (_, n) => item(`A-${n}`));
  for (const row of rows) agent.store.put('items', row);
  await agent.push('items', rows);
  return agent;
}

/** The content hashes of a vendor's live items by SKU, in the order of these. */
export async function liveHashes(hub: Hub, { vendorId }: ReconcilingAgent): Promise<Map<string, string>> {
  const { rows } = await hub.pool.query<{ sku: string; content_hash: string }>(
    'select sku, content_hash from items where vendor_id = $1 and deleted_at is null order by sku',
    [vendorId],
  );
  return new Map(rows.map(({ sku, content_hash }) => [sku, content_hash]));
}
