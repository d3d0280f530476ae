import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { listRegisteredVendors } from '@repo/shared/database/repositories/agent-registry.repository';
import { Gauge } from 'prom-client';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { KeptReading } from '../../../platform/metrics/kept-reading';
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
    const find = () => this.found.get();
    const missed = (error: unknown) => this.logger.warn({ err: error }, 'breakers could not be counted');
    const byVendor = this.settings.METRICS_VENDOR_LABEL;
    const gauge = new Gauge({
      name: 'sync_breaker_state',
      help: 'Breakers of registered agents, by state',
      labelNames: ['api_type', 'state', ...(byVendor ? ['vendor'] : [])],
      registers: [],
      async collect() {
        const found = await find().catch(missed);
        this.reset();
        if (found === undefined) return;
        if (byVendor) for (const { vendorId, apiType, state } of found) this.inc({ api_type: apiType, state, vendor: vendorId });
        else for (const [labels, count] of countStates(found)) this.set(labels, count);
      },
    });
    this.metrics.registry.registerMetric(gauge);
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
