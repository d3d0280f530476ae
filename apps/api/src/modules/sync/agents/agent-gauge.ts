import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { countAgents } from '@repo/shared/database/repositories/agent-registry.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { KeptReading } from '../../../platform/metrics/kept-reading';
import { addScrapedGauge } from '../../../platform/metrics/scraped-gauge';
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
    addScrapedGauge(this.metrics.registry, {
      name: 'sync_agents',
      help: 'Registered agents, by status',
      labelNames: ['status'],
      read: () => this.counts.get(),
      missed: (error) => this.logger.warn({ err: error }, 'agents could not be counted'),
      series: (found) => Object.entries(found).map(([status, agents]) => [{ status }, agents]),
    });
  }
}
