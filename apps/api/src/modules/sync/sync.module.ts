import { Module, type DynamicModule } from '@nestjs/common';
import type { HubSettings } from '../../config/settings';
import { AgentsModule } from './agents/agents.module';
import { AlertsModule } from './alerts/alerts.module';
import { BreakerModule } from './breaker/breaker.module';
import { DeliveryModule } from './delivery/delivery.module';
import { IngestModule } from './ingest/ingest.module';
import { AuditModule } from './maintenance/audit/audit.module';
import { RetentionModule } from './maintenance/retention/retention.module';
import { SchedulesModule } from './maintenance/schedules/schedules.module';
import { SweepsModule } from './maintenance/sweeps/sweeps.module';
import { MappingsModule } from './mappings/mappings.module';
import { ReconciliationModule } from './reconciliation/reconciliation.module';
import { SnapshotsModule } from './snapshots/snapshots.module';

/** Composes what keeps the hub in step with the ERPs; each folder is one part of it. */
@Module({})
export class SyncModule {
  static forRole(role: HubSettings['ROLE']): DynamicModule {
    return {
      module: SyncModule,
      imports: [
        AgentsModule,
        MappingsModule,
        IngestModule,
        SnapshotsModule,
        BreakerModule,
        DeliveryModule.forRole(role),
        ReconciliationModule.forRole(role),
        SweepsModule,
        RetentionModule,
        SchedulesModule,
        AuditModule,
        AlertsModule,
      ],
    };
  }
}
