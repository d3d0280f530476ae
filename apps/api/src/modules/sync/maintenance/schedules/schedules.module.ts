import { Module } from '@nestjs/common';
import { AlertsModule } from '../../alerts/alerts.module';
import { ReconciliationRequestsModule } from '../../reconciliation/start/requests.module';
import { RetentionModule } from '../retention/retention.module';
import { RunSchedules } from './run-schedules';
import { ScheduledWorks } from './scheduled-works';

/** What is done at fixed times, once over all instances. */
@Module({ imports: [AlertsModule, ReconciliationRequestsModule, RetentionModule], providers: [ScheduledWorks, RunSchedules] })
export class SchedulesModule {}
