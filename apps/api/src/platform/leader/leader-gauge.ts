import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { HubMetrics } from '../metrics/hub-metrics';
import { Leader } from './leader';

/** Whether this process leads. Where all say 0 nothing is relayed, no schedule runs, and nobody is told of anything. */
@Injectable()
export class LeaderGauge implements OnModuleInit {
  constructor(
    private readonly leader: Leader,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    const { leader } = this;
    const gauge = new Gauge({
      name: 'hub_leads',
      help: 'Whether this process leads: 1 on one scheduler, 0 on all others',
      registers: [],
      collect() {
        this.set(leader.leads ? 1 : 0);
      },
    });
    this.metrics.registry.registerMetric(gauge);
  }
}
