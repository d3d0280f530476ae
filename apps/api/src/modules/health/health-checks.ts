import { statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Database } from '@repo/shared/database/connect';
import type { Redis } from 'ioredis';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { DATABASE } from '../../platform/database/database.module';
import { QueueRegistry } from '../../platform/queues/queue-registry';
import { REDIS } from '../../platform/redis/redis.module';

/** A check that takes longer than this is down: whoever asks gets an answer within 3 s. */
const CHECK_LIMIT_MS = 2_500;

type Facts = Record<string, unknown>;

/** What `/health` looks at. Each check is bounded in time and says its cause when it fails. */
@Injectable()
export class HealthChecks {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly queueRegistry: QueueRegistry,
  ) {}

  /** PostgreSQL answers; with the state of this process's pool. */
  postgres(): Promise<HealthIndicatorResult> {
    return this.bounded('database', async () => {
      await this.database.pool.query('select 1');
      const { totalCount: connections, idleCount: idle, waitingCount: waiting } = this.database.pool;
      return { connections, idle, waiting };
    });
  }

  redisServer(): Promise<HealthIndicatorResult> {
    return this.bounded('redis', async () => {
      await this.redis.ping();
      return {};
    });
  }

  /** Depth per queue. */
  queues(): Promise<HealthIndicatorResult> {
    return this.bounded('bullmq', async () => {
      await this.redis.ping();
      return { queues: await this.queueRegistry.depths() };
    });
  }

  /** How many agents are registered, and how many have been heard of lately. */
  async agents(): Promise<HealthIndicatorResult> {
    const result = await this.bounded('agents', async () => {
      const { rows } = await this.database.pool.query<{ total: string; online: string }>(
        `select count(*) as total, count(*) filter (where last_heartbeat > now() - make_interval(secs => $1)) as online
         from agent_registry where deregistered_at is null`,
        [this.settings.AGENT_DEGRADED_AFTER_S],
      );
      return { total: Number(rows[0]?.total ?? 0), online: Number(rows[0]?.online ?? 0) };
    });
    return result;
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

  private async bounded(name: string, look: () => Promise<Facts>): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(name);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_LIMIT_MS} ms`)), CHECK_LIMIT_MS);
    });
    try {
      return check.up(await Promise.race([look(), limit]));
    } catch (error) {
      // The cause is for ops; addresses and credentials of the servers stay out of it.
      const cause = error instanceof Error && 'code' in error ? String(error.code) : 'not reachable';
      return check.down({ message: error instanceof Error && error.message.startsWith('no answer') ? error.message : cause });
    } finally {
      clearTimeout(timer);
    }
  }
}
