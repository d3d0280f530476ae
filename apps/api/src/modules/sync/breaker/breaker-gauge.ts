import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { listRegisteredVendors } from '@repo/shared/database/repositories/agent-registry.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { KeptReading } from '../../../platform/metrics/kept-reading';
import { addScrapedGauge } from '../../../platform/metrics/scraped-gauge';
import { API_TYPES, BREAKER_STATES, type BreakerId, type BreakerStatus } from './breaker-policy';
import { Breakers } from './breakers';

type Found = (BreakerId & BreakerStatus)[];

/** How many breakers are in which state, as any instance reads it from Redis when it is scraped. */
@Injectable()
export class BreakerGauge implements OnModuleInit {
  private readonly logger = new Logger('BreakerGauge');
  private readonly found = new KeptReading(() => this.readAll());

  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    private readonly breakers: Breakers,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    const byVendor = this.settings.METRICS_VENDOR_LABEL;
    addScrapedGauge(this.metrics.registry, {
      name: 'sync_breaker_state',
      help: 'Breakers of registered agents, by state',
      labelNames: ['api_type', 'state', ...(byVendor ? ['vendor'] : [])],
      read: () => this.found.get(),
      missed: (error) => this.logger.warn({ err: error }, 'breakers could not be counted'),
      series: (found) =>
        byVendor ? found.map(({ vendorId, apiType, state }) => [{ api_type: apiType, state, vendor: vendorId }, 1]) : countStates(found),
    });
  }

  private async readAll(): Promise<Found> {
    const vendors = await listRegisteredVendors(this.database.db);
    return this.breakers.read(vendors.flatMap((vendorId) => API_TYPES.map((apiType) => ({ vendorId, apiType }))));
  }
}

/** Every state of every kind, those of none too: a series that comes and goes cannot be alerted on. */
function countStates(found: Found): [{ api_type: string; state: string }, number][] {
  return API_TYPES.flatMap((apiType) =>
    BREAKER_STATES.map((state): [{ api_type: string; state: string }, number] => [
      { api_type: apiType, state },
      found.filter((each) => each.apiType === apiType && each.state === state).length,
    ]),
  );
}
