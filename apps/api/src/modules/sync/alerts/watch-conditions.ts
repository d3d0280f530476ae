import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import {
  readAgentConditions,
  readDeadLetterCondition,
  readOtherConditions,
  type ConditionLimits,
} from '@repo/shared/database/alerts/read-conditions';
import type { Condition } from '@repo/shared/database/alerts/track-alerts';
import { listRegisteredVendors } from '@repo/shared/database/repositories/agent-registry.repository';
import type { Redis } from 'ioredis';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { REDIS } from '../../../platform/redis/redis.module';
import { API_TYPES } from '../breaker/breaker-policy';
import { Breakers } from '../breaker/breakers';
import type { AlertKind } from './alert-kinds';

/** Rows further ahead of the hub's clock are refused. */
const CLOCK_SKEW_MS = 300_000;

/** One look at some kinds of conditions: all of these kinds that hold now. */
export interface Look {
  kinds: readonly AlertKind[];
  /** Rejects when it cannot be told what holds: then nothing is raised, and nothing cleared. */
  read: () => Promise<Condition[]>;
}

/** The state of agents, queues, breakers and servers, as conditions. */
@Injectable()
export class WatchConditions {
  private readonly limits: ConditionLimits;

  constructor(
    @Inject(SETTINGS) settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    private readonly breakers: Breakers,
  ) {
    this.limits = { offlineAfterS: settings.AGENT_OFFLINE_AFTER_S, orderAgeS: settings.ALERT_ORDER_AGE_S, clockSkewMs: CLOCK_SKEW_MS };
  }

  /** Agents that are silent, whose clock is off, or who refuse the hub. */
  ofAgents(): Look {
    const read = () => readAgentConditions(this.database.pool, this.limits);
    return { kinds: ['agent_offline', 'clock_skew', 'agent_refuses_credentials'], read };
  }

  /** Dead letters that wait for a person. */
  ofDeadLetters(): Look {
    return { kinds: ['dlq_entries_found'], read: () => readDeadLetterCondition(this.database.pool) };
  }

  /** Everything that is looked at all the time, and not at ticks of its own. */
  others(): Look[] {
    return [
      {
        kinds: ['oldest_order_too_old', 'held_too_many_deletes', 'reconciliation_drift'],
        read: () => readOtherConditions(this.database.pool, this.limits),
      },
      { kinds: ['circuit_breaker_open'], read: () => this.openBreakers() },
      { kinds: ['redis_evicting'], read: () => this.evictingRedis() },
    ];
  }

  private async openBreakers(): Promise<Condition[]> {
    // While Redis is away every breaker counts as closed: that is no news of the agents.
    await this.redis.ping();
    const vendors = await listRegisteredVendors(this.database.db);
    const states = await this.breakers.read(vendors.flatMap((vendorId) => API_TYPES.map((apiType) => ({ vendorId, apiType }))));
    return states
      .filter(({ state }) => state !== 'closed')
      .map(({ vendorId, apiType }) => ({
        kind: 'circuit_breaker_open',
        subject: `${vendorId}/${apiType}`,
        vendorId,
        detail: `Calls to the agent of ${vendorId} about ${apiType} are held back: most of them failed`,
      }));
  }

  /** A Redis that evicts may forget entries of queues and calls; they are found again, but late. */
  private async evictingRedis(): Promise<Condition[]> {
    const policy = /^maxmemory_policy:(\S+)/m.exec(await this.redis.info('memory'))?.[1];
    if (policy === undefined || policy === 'noeviction') return [];
    const detail = `Redis evicts (maxmemory-policy ${policy}): set it to noeviction`;
    return [{ kind: 'redis_evicting', subject: '', vendorId: null, detail }];
  }
}
