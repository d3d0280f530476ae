import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { countDelivery } from '@repo/shared/database/delivery/count-delivery';
import { Gauge } from 'prom-client';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { KeptReading } from '../../../platform/metrics/kept-reading';

/** What is open and what is dead, as any instance reads it from the database when it is scraped. */
@Injectable()
export class DeliveryGauges implements OnModuleInit {
  private readonly logger = new Logger('DeliveryGauges');
  private readonly counts = new KeptReading(() => countDelivery(this.database.pool));

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    const counts = () => this.counts.get();
    const missed = (error: unknown) => this.logger.warn({ err: error }, 'jobs could not be counted');
    const jobs = new Gauge({
      name: 'sync_jobs',
      help: 'Jobs to ERPs that have not come to their end, by status and operation',
      labelNames: ['status', 'operation'] as const,
      registers: [],
      async collect() {
        const found = await counts().catch(missed);
        this.reset();
        for (const { jobs: open, ...labels } of found?.jobs ?? []) this.set(labels, open);
      },
    });
    const oldest = new Gauge({
      name: 'sync_oldest_job_age_seconds',
      help: 'Age of the oldest job to an ERP that has not come to its end, by status; 0 when there is none',
      labelNames: ['status'] as const,
      registers: [],
      async collect() {
        const found = await counts().catch(missed);
        this.reset();
        for (const [status, seconds] of Object.entries(found?.oldestAgeSeconds ?? {})) this.set({ status }, seconds);
      },
    });
    const deadLetters = new Gauge({
      name: 'sync_dead_letters',
      help: 'Dead letters that nobody has dealt with',
      registers: [],
      async collect() {
        const found = await counts().catch(missed);
        if (found === undefined) this.reset();
        else this.set(found.deadLetters);
      },
    });
    this.metrics.registry.registerMetric(jobs);
    this.metrics.registry.registerMetric(oldest);
    this.metrics.registry.registerMetric(deadLetters);
  }
}
