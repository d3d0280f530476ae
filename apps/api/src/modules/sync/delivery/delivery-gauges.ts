import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { countDelivery, type DeliveryCounts } from '@repo/shared/database/delivery/count-delivery';
import { Gauge } from 'prom-client';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';

/** Scrapes within this time share one look at the database. */
const KEPT_MS = 5_000;

/** What is open and what is dead, as any instance reads it from the database when it is scraped. */
@Injectable()
export class DeliveryGauges implements OnModuleInit {
  private readonly logger = new Logger('DeliveryGauges');
  private kept: Promise<DeliveryCounts> | undefined;
  private keptUntil = 0;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    const counts = () => this.counts();
    const missed = (error: unknown) => this.logger.warn({ err: error }, 'jobs could not be counted');
    const jobs = new Gauge({
      name: 'sync_jobs',
      help: 'Jobs to ERPs that have not come to their end, by status',
      labelNames: ['status'] as const,
      registers: [],
      async collect() {
        const found = await counts().catch(missed);
        this.reset();
        for (const [status, open] of Object.entries(found?.jobs ?? {})) this.set({ status }, open);
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
    this.metrics.registry.registerMetric(deadLetters);
  }

  private counts(): Promise<DeliveryCounts> {
    if (this.kept === undefined || Date.now() > this.keptUntil) {
      this.keptUntil = Date.now() + KEPT_MS;
      const counting = countDelivery(this.database.pool);
      this.kept = counting;
      counting.catch(() => {
        if (this.kept === counting) this.kept = undefined;
      });
    }
    return this.kept;
  }
}
