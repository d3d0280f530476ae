import type { HubSettings } from '../../../../config/settings';

/** Injects {@link RunPolicy}. */
export const RUN_POLICY = Symbol('RUN_POLICY');

/** The settings that runs go by. */
export interface RunPolicy {
  callTimeoutMs: number;
  /** Longer than a call and what follows it. */
  leaseMs: number;
  offlineAfterS: number;
  mostTombstonePercent: number;
  /** Runs at once in a worker: each reads much, and what is behind an agent that hangs can wait. */
  concurrency: number;
}

export function runPolicy(settings: HubSettings): RunPolicy {
  return {
    callTimeoutMs: settings.AGENT_TIMEOUT_MS,
    leaseMs: settings.AGENT_TIMEOUT_MS * 3 + 5_000,
    offlineAfterS: settings.AGENT_OFFLINE_AFTER_S,
    mostTombstonePercent: settings.MAX_TOMBSTONE_PERCENT,
    concurrency: Math.max(1, Math.floor(settings.BULLMQ_CONCURRENCY / 2)),
  };
}
