import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { AgentConfig } from '../config/agent-config';
import { VERSION } from '../version';

/** Tells the hub what has changed of how this agent is called since it was registered; false when nothing has. */
export async function matchRegistration(client: HubClient, { vendorId, erpType, orders }: AgentConfig): Promise<boolean> {
  const known = await client.me();
  const mode = orders.listen === undefined ? 'pull' : 'push';
  // Where it is called is not shown: with a public address it is simply told again.
  if (mode === 'pull' && known.mode === 'pull' && known.idempotentOrders === orders.idempotent && known.version === VERSION) return false;
  const agentUrl = orders.listen?.publicUrl ?? null;
  await client.register({ vendorId, erpType, version: VERSION, agentUrl, idempotentOrders: orders.idempotent }, { kind: 'current_token' });
  return true;
}
