import type { AgentDetail } from '@repo/contracts/operations/admin-agent-operations';
import type { AgentRecord, StatusThresholds } from '@repo/shared/database/repositories/agent-registry.repository';
import { agentStatus } from './agent-status';

/** An agent as the API replies it. */
export function agentDetail({ readAt, ...agent }: AgentRecord, thresholds: StatusThresholds): AgentDetail {
  return {
    ...agent,
    status: agentStatus(agent.lastHeartbeat, readAt, thresholds),
    lastHeartbeat: agent.lastHeartbeat?.toISOString() ?? null,
    deregisteredAt: agent.deregisteredAt?.toISOString() ?? null,
    createdAt: agent.createdAt.toISOString(),
    updatedAt: agent.updatedAt.toISOString(),
  };
}
