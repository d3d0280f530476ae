import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { HubSettings } from '../../../config/settings';
import { AgentsModule } from '../agents/agents.module';
import { BreakerModule } from '../breaker/breaker.module';
import { IngestModule } from '../ingest/ingest.module';
import { ReconciliationMetrics } from './reconciliation-metrics';
import { ReconciliationController } from './reconciliation.controller';
import { ReconciliationProcessor } from './reconciliation.processor';
import { RunReconciliation } from './run/run-reconciliation';
import { ReconciliationRequestsModule } from './start/requests.module';
import { SweepRuns } from './start/sweep-runs';

const OF_WORKERS: Provider[] = [RunReconciliation, ReconciliationProcessor];
const OF_SCHEDULERS: Provider[] = [SweepRuns];

/** Finds what the hub and the ERPs hold differently, and heals it. What runs depends on the role. */
@Module({})
export class ReconciliationModule {
  static forRole(role: HubSettings['ROLE']): DynamicModule {
    const works = role === 'all' || role === 'worker';
    const schedules = role === 'all' || role === 'scheduler';
    return {
      module: ReconciliationModule,
      imports: [ReconciliationRequestsModule, AgentsModule, BreakerModule, IngestModule],
      controllers: [ReconciliationController],
      providers: [ReconciliationMetrics, ...(works ? OF_WORKERS : []), ...(schedules ? OF_SCHEDULERS : [])],
    };
  }
}
