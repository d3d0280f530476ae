import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import { SKUS } from './erp';
import { registerAgent, type Hub, type HubReply, type TestAgent } from './hub';
import { item, UNIT, VAT } from './rows';

/** A vendor with a small catalogue, whose agent polls only when a test says so. */
export async function connectPollingAgent(hub: Hub, vendorId: string): Promise<TestAgent> {
  const agent = await registerAgent(hub, vendorId);
  await hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings: [UNIT, VAT] });
  await hub.agent(agent, 'POST', '/api/sync/items', { items: SKUS.map((sku) => item(sku)) });
  return agent;
}

export const poll = (hub: Hub, agent: TestAgent, body: object = {}): Promise<HubReply> =>
  hub.agent(agent, 'POST', '/api/agents/poll', body);

/** Polls until it has fetched a call. */
export async function fetchCall(hub: Hub, agent: TestAgent): Promise<PolledCall> {
  for (;;) {
    const { status, body } = await poll(hub, agent, { max: 1, waitSeconds: 5 });
    if (status !== 200) throw new Error(`a poll was answered ${status}: ${JSON.stringify(body)}`);
    const [call] = (body as { calls: PolledCall[] }).calls;
    if (call !== undefined) return call;
  }
}

export const reply = (hub: Hub, agent: TestAgent, callId: string, body: object): Promise<HubReply> =>
  hub.agent(agent, 'POST', `/api/agents/calls/${callId}/reply`, body);

/** A reply that says that it was done. */
export const completed = (erpReference: string) => ({ status: 200, body: { status: 'completed', erpReference } });
