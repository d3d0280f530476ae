import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { countDelivery } from '@repo/shared/database/delivery/count-delivery';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { KeptReading } from '../../../platform/metrics/kept-reading';
import { addScrapedGauge } from '../../../platform/metrics/scraped-gauge';

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
    const { registry } = this.metrics;
    const read = () => this.counts.get();
    const missed = (error: unknown) => this.logger.warn({ err: error }, 'jobs could not be counted');
    addScrapedGauge(registry, {
      name: 'sync_jobs',
      help: 'Jobs to ERPs that have not come to their end, by status and operation',
      labelNames: ['status', 'operation'],
      read,
      missed,
      series: ({ jobs }) => jobs.map(({ jobs: open, ...labels }) => [labels, open]),
    });
    addScrapedGauge(registry, {
      name: 'sync_oldest_job_age_seconds',
      help: 'Age of the oldest job to an ERP that has not come to its end, by status; 0 when there is none',
      labelNames: ['status'],
      read,
      missed,
      series: ({ oldestAgeSeconds }) => Object.entries(oldestAgeSeconds).map(([status, seconds]) => [{ status }, seconds]),
    });
    addScrapedGauge(registry, {
      name: 'sync_dead_letters',
      help: 'Dead letters that nobody has dealt with',
      labelNames: [],
      read,
      missed,
      series: ({ deadLetters }) => [[{}, deadLetters]],
    });
  }
}
