import type { AgentStatus } from '@repo/contracts/operations/agent-operations';
import type { StatusThresholds } from '@repo/shared/database/repositories/agent-registry.repository';
import type { HubSettings } from '../../../config/settings';

/** The status that follows from the last sign of life; both times are of the same clock. */
export function agentStatus(lastHeartbeat: Date | null, now: Date, { degradedAfterS, offlineAfterS }: StatusThresholds): AgentStatus {
  if (lastHeartbeat === null) return 'offline';
  const silentS = (now.getTime() - lastHeartbeat.getTime()) / 1000;
  if (silentS >= offlineAfterS) return 'offline';
  return silentS >= degradedAfterS ? 'degraded' : 'online';
}

/** The thresholds that the settings say. */
export function statusThresholds(settings: Pick<HubSettings, 'AGENT_DEGRADED_AFTER_S' | 'AGENT_OFFLINE_AFTER_S'>): StatusThresholds {
  return { degradedAfterS: settings.AGENT_DEGRADED_AFTER_S, offlineAfterS: settings.AGENT_OFFLINE_AFTER_S };
}
