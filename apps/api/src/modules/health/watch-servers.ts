import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Database } from '@repo/shared/database/connect';
import type { Redis } from 'ioredis';
import { Gauge } from 'prom-client';
import { DATABASE } from '../../platform/database/database.module';
import { askSoon } from '../../platform/database/ask-soon';
import { HubMetrics } from '../../platform/metrics/hub-metrics';
import { REDIS } from '../../platform/redis/redis.module';
import { within } from '../../platform/timing/within';
import { Probe, type Facts, type Sighting } from './probe';

/** A server that takes longer is down: whoever asks has an answer within 3 s. */
export const LOOK_LIMIT_MS = 2_500;
const EVERY_MS = 2_000;

/** Looks at PostgreSQL and Redis, asked or not, so that there is somebody who knows since when one of them is away. */
@Injectable()
export class WatchServers implements OnModuleInit {
  private readonly logger = new Logger('WatchServers');
  readonly database: Probe;
  readonly redis: Probe;

  constructor(
    @Inject(DATABASE) private readonly postgres: Database,
    @Inject(REDIS) private readonly commands: Redis,
    private readonly metrics: HubMetrics,
  ) {
    this.database = new Probe(() => this.lookAtDatabase(), this.tell('database'));
    this.redis = new Probe(() => this.lookAtRedis(), this.tell('redis'));
  }

  onModuleInit(): void {
    const probes = Object.entries({ database: this.database, redis: this.redis });
    const gauge = new Gauge({
      name: 'hub_server_up',
      help: 'Whether this process reaches a server: 1 or 0',
      labelNames: ['server'] as const,
      registers: [],
      async collect() {
        await Promise.all(probes.map(async ([server, probe]) => this.set({ server }, Number((await probe.ask()).up))));
      },
    });
    this.metrics.registry.registerMetric(gauge);
  }

  @Interval(EVERY_MS)
  async look(): Promise<void> {
    await Promise.all([this.database.ask(), this.redis.ask()]);
  }

  /** With the state of this process's pool. */
  private async lookAtDatabase(): Promise<Facts> {
    const { pool } = this.postgres;
    await askSoon(pool, LOOK_LIMIT_MS, 'select 1');
    return { connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
  }

  private async lookAtRedis(): Promise<Facts> {
    await within(LOOK_LIMIT_MS, () => this.commands.ping());
    return {};
  }

  private tell(server: string): (sighting: Sighting, before: Sighting | undefined) => void {
    return ({ up, cause, since }, before) => {
      if (!up) this.logger.warn({ server, cause, since }, 'a server is away');
      else
        this.logger.log({ server, awaySeconds: Math.round((since.getTime() - (before?.since ?? since).getTime()) / 1000) }, 'it is back');
    };
  }
}
