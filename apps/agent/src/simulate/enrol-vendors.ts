import { randomBytes } from 'node:crypto';
import { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { PublicHub } from './public-hub';
import { MAPPINGS } from './simulated-rows';
import type { VendorSecrets } from './simulated-vendor';
import type { SimulationOptions } from './simulation-options';

/** Registration is limited to some a minute: a fleet takes its time. */
const PATIENT = { attempts: 100, longestRetryAfterMs: 600_000 };

/** Registers a vendor with a code of its own, or one that the admin key asks for, and maps what its rows need. */
export async function enrolVendor(
  hub: PublicHub,
  vendorId: string,
  agentUrl: string | undefined,
  { hubUrl, adminKey, codes }: SimulationOptions,
): Promise<VendorSecrets> {
  if (adminKey !== undefined) await hub.seedMappings(adminKey, vendorId, MAPPINGS);
  const code = codes?.get(vendorId) ?? (adminKey === undefined ? undefined : await hub.enrolmentCode(adminKey, vendorId));
  if (code === undefined) throw new Error(`there is no enrolment code for ${vendorId}, and no admin key to ask for one`);
  const token = `agt_${randomBytes(32).toString('base64url')}`;
  const client = new HubClient({ baseUrl: hubUrl, credentials: () => ({ vendorId, token }), retry: PATIENT });
  const registration = {
    vendorId,
    erpType: 'Simulator',
    version: 'simulated',
    authToken: token,
    ...(agentUrl === undefined ? {} : { agentUrl }),
  };
  const { outboundToken, signingSecret } = await client.register(registration, { kind: 'enrolment_code', code });
  if (outboundToken === undefined || signingSecret === undefined) throw new Error(`the hub registered ${vendorId} and gave no secrets`);
  return { token, outboundToken, signingSecret };
}
