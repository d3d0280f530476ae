import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { countAgents } from '@repo/shared/database/repositories/agent-registry.repository';
import { Gauge } from 'prom-client';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { KeptReading } from '../../../platform/metrics/kept-reading';
import { statusThresholds } from './agent-status';

/** How many registered agents are online, degraded and offline, as any instance reads it from the database when it is scraped. */
@Injectable()
export class AgentGauge implements OnModuleInit {
  private readonly logger = new Logger('AgentGauge');
  private readonly counts = new KeptReading(() => countAgents(this.database.db, statusThresholds(this.settings)));

  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    const { counts, logger } = this;
    const gauge = new Gauge({
      name: 'sync_agents',
      help: 'Registered agents, by status',
      labelNames: ['status'] as const,
      registers: [],
      async collect() {
        const found = await counts.get().catch((error: unknown) => logger.warn({ err: error }, 'agents could not be counted'));
        this.reset();
        for (const [status, agents] of Object.entries(found ?? {})) this.set({ status }, agents);
      },
    });
    this.metrics.registry.registerMetric(gauge);
  }
}
