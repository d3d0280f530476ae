import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { placedAt } from './placed-at';

interface TimedJob {
  jobId: string;
  operation: 'create_order' | 'cancel_order';
}

/** From the moment in which a job came to be: until the ERP was told first, and until it had done it. */
@Injectable()
export class DeliveryLatency {
  private readonly histogram: Histogram<'operation' | 'until'>;

  constructor(metrics: HubMetrics) {
    this.histogram = new Histogram({
      name: 'sync_delivery_seconds',
      help: 'From placed until sent for the first time, and until confirmed, by operation',
      labelNames: ['operation', 'until'] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 3_600, 21_600, 86_400],
      registers: [metrics.registry],
    });
  }

  /** `agoMs`: how long ago the ERP was told. */
  sent(job: TimedJob, agoMs: number): void {
    this.observe(job, 'sent', Date.now() - agoMs);
  }

  confirmed(job: TimedJob): void {
    this.observe(job, 'confirmed', Date.now());
  }

  private observe({ jobId, operation }: TimedJob, until: 'sent' | 'confirmed', at: number): void {
    const placed = placedAt(jobId);
    // The database's clock made the id: it may be a little ahead of this one.
    if (placed !== undefined) this.histogram.observe({ operation, until }, Math.max(0, at - placed) / 1000);
  }
}
