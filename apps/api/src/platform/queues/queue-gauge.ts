import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { HubMetrics } from '../metrics/hub-metrics';
import { KeptReading } from '../metrics/kept-reading';
import { addScrapedGauge } from '../metrics/scraped-gauge';
import { REDIS } from '../redis/redis.module';
import { QueueRegistry, type QueueDepth } from './queue-registry';

/** How many entries each queue holds, as any instance reads it from Redis when it is scraped. */
@Injectable()
export class QueueGauge implements OnModuleInit {
  private readonly logger = new Logger('QueueGauge');
  private readonly depths = new KeptReading(() => this.readDepths());

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly queues: QueueRegistry,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    addScrapedGauge(this.metrics.registry, {
      name: 'bullmq_jobs',
      help: 'Entries of queues, by state',
      labelNames: ['queue', 'state'],
      read: () => this.depths.get(),
      missed: (error) => this.logger.warn({ err: error }, 'queues could not be counted'),
      series: (found) =>
        Object.entries(found).flatMap(([queue, depth]) =>
          Object.entries(depth).map(([state, entries]) => [{ queue, state }, entries] as const),
        ),
    });
  }

  /** Queues wait for Redis as long as it takes, and a scrape must not: the other connection fails at once. */
  private async readDepths(): Promise<Record<string, QueueDepth>> {
    await this.redis.ping();
    return this.queues.depths();
  }
}
