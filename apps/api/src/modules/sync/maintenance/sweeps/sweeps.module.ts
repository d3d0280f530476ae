import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { IngestModule } from '../../ingest/ingest.module';
import { MappingsModule } from '../../mappings/mappings.module';
import { SnapshotsModule } from '../../snapshots/snapshots.module';
import { Sweeps } from './sweeps';

@Module({ imports: [ScheduleModule.forRoot(), IngestModule, MappingsModule, SnapshotsModule], providers: [Sweeps] })
export class SweepsModule {}
