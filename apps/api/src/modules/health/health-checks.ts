import { statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Database } from '@repo/shared/database/connect';
import type { Redis } from 'ioredis';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { askSoon } from '../../platform/database/ask-soon';
import { DATABASE } from '../../platform/database/database.module';
import { QueueRegistry } from '../../platform/queues/queue-registry';
import { REDIS } from '../../platform/redis/redis.module';
import { within } from '../../platform/timing/within';
import { Probe, type Facts } from './probe';
import { LOOK_LIMIT_MS, WatchServers } from './watch-servers';

/** What `/health` looks at. Each check is bounded in time, and says since when, and why when it fails. */
@Injectable()
export class HealthChecks {
  private readonly queueProbe = new Probe(() => this.lookAtQueues());
  private readonly agentProbe = new Probe(() => this.countAgents());

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly queueRegistry: QueueRegistry,
    private readonly servers: WatchServers,
  ) {}

  /** PostgreSQL answers; with the state of this process's pool. */
  postgres(): Promise<HealthIndicatorResult> {
    return this.report('database', this.servers.database);
  }

  redisServer(): Promise<HealthIndicatorResult> {
    return this.report('redis', this.servers.redis);
  }

  /** Depth per queue. */
  queues(): Promise<HealthIndicatorResult> {
    return this.report('bullmq', this.queueProbe);
  }

  /** How many agents are registered, and how many have been heard of lately. */
  agents(): Promise<HealthIndicatorResult> {
    return this.report('agents', this.agentProbe);
  }

  /** Reported only. */
  memory(): HealthIndicatorResult {
    const { heapUsed, heapTotal, rss } = process.memoryUsage();
    return this.indicators.check('memory_heap').up({ heapUsed, heapTotal, rss });
  }

  /** Reported only. */
  async disk(): Promise<HealthIndicatorResult> {
    const { bavail, blocks, bsize } = await statfs(process.cwd());
    return this.indicators.check('disk').up({ freeBytes: bavail * bsize, totalBytes: blocks * bsize });
  }

  private async lookAtQueues(): Promise<Facts> {
    // Queues wait for Redis as long as it takes; the other connection fails at once.
    return within(LOOK_LIMIT_MS, async () => {
      await this.redis.ping();
      return { queues: await this.queueRegistry.depths() };
    });
  }

  private async countAgents(): Promise<Facts> {
    const [count] = await askSoon<{ total: string; online: string }>(
      this.database.pool,
      LOOK_LIMIT_MS,
      `select count(*) as total, count(*) filter (where last_heartbeat > now() - make_interval(secs => $1)) as online
       from agent_registry where deregistered_at is null`,
      [this.settings.AGENT_DEGRADED_AFTER_S],
    );
    return { total: Number(count?.total ?? 0), online: Number(count?.online ?? 0) };
  }

  private async report(name: string, probe: Probe): Promise<HealthIndicatorResult> {
    const { up, since, facts, cause } = await probe.ask();
    const check = this.indicators.check(name);
    return up ? check.up({ ...facts, since: since.toISOString() }) : check.down({ message: cause, since: since.toISOString() });
  }
}
