import { Module } from '@nestjs/common';
import { AlertsModule } from '../../alerts/alerts.module';
import { RetentionModule } from '../retention/retention.module';
import { RunSchedules } from './run-schedules';
import { ScheduledWorks } from './scheduled-works';

/** What is done at fixed times, once over all instances. */
@Module({ imports: [AlertsModule, RetentionModule], providers: [ScheduledWorks, RunSchedules] })
export class SchedulesModule {}
