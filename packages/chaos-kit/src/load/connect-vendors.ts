import { createHash } from 'node:crypto';
import type { VendorOptions } from '@repo/stand-in-erp/control';
import type { Installation } from '../installation/installation';
import { HubClient } from './hub-client';

/** A vendor of a run, which ERP is its, and what its agent is like. */
export type ChaosVendor = Required<Pick<VendorOptions, 'vendorId' | 'transport' | 'plan'>> &
  Pick<VendorOptions, 'polling' | 'clockSkewMs'> & { erp: string };

/** What is in the catalogue of every vendor. */
export const SKUS = ['A-1', 'A-2', 'A-3'] as const;

const PATIENCE_MS = 120_000;

const MAPPINGS = [
  { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Piece' },
  { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'VAT 5.5 %', vatRate: '5.5' },
];

/** A client of this installation with the admin key. */
export function clientOf({ fleet, secrets }: Installation): HubClient {
  return new HubClient(
    fleet.serving.map(({ baseUrl }) => baseUrl),
    secrets.api,
  );
}

/** Registers vendors whose agents are stand-ins, and gives each a small catalogue. */
export async function connectVendors(installation: Installation, vendors: readonly ChaosVendor[]): Promise<void> {
  await Promise.all(vendors.map((vendor) => connectVendor(installation, vendor)));
}

/** What an agent needs to talk to the hub, and to know it. */
export interface AgentSecrets {
  token: string;
  outboundToken: string;
  signingSecret: string;
}

/** Registers a vendor, whose agent is called at `agentUrl` or polls, and maps the codes of its items. */
export async function registerVendor(installation: Installation, vendorId: string, agentUrl: string | undefined): Promise<AgentSecrets> {
  const client = clientOf(installation);
  const registration = { vendorId, erpType: 'Stand-in', ...(agentUrl === undefined ? {} : { agentUrl }) };
  const bySecret = { authorization: `Bearer ${installation.secrets.agent}` };
  // Patient: a registration whose answer was lost cannot be repeated.
  const registered = await expect2xx(
    client.ask('POST', '/api/agents/register', { body: registration, headers: bySecret, tryLimitMs: PATIENCE_MS }),
    `registering ${vendorId}`,
  );
  await expect2xx(client.ask('POST', '/api/admin/mappings/seed', { body: { vendorId, mappings: MAPPINGS } }), `mapping ${vendorId}`);
  const { token, outboundToken, signingSecret } = registered as AgentSecrets;
  return { token, outboundToken, signingSecret };
}

async function connectVendor(installation: Installation, { erp: erpName, ...vendor }: ChaosVendor): Promise<void> {
  const { vendorId, transport } = vendor;
  const erp = installation.erp(erpName);
  const secrets = await registerVendor(installation, vendorId, transport === 'push' ? erp.agentUrl(vendorId) : undefined);
  await erp.addVendor({ ...vendor, ...secrets, heartbeatMs: 5_000 });
  const headers = { authorization: `Bearer ${secrets.token}`, 'x-vendor-id': vendorId };
  await expect2xx(
    clientOf(installation).ask('POST', '/api/sync/items', { body: { items: SKUS.map(item) }, headers }),
    `the catalogue of ${vendorId}`,
  );
}

async function expect2xx(asking: ReturnType<HubClient['ask']>, what: string): Promise<unknown> {
  const { status, body } = await asking;
  if (status >= 300) throw new Error(`${what} gave ${status}: ${JSON.stringify(body)}`);
  return body;
}

function item(sku: string): Record<string, unknown> {
  const contentHash = createHash('sha256').update(sku).digest('hex').slice(0, 32);
  return { sku, name: `Item ${sku}`, contentHash, lastSyncedAt: '2026-01-01T00:00:00Z', erpUnitCode: 'PCE', erpVatCode: 'T1' };
}
