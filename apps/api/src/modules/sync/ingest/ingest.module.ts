import { Module } from '@nestjs/common';
import { MappingsModule } from '../mappings/mappings.module';
import { SnapshotsModule } from '../snapshots/snapshots.module';
import { Ingest } from './ingest';
import { IngestController } from './ingest.controller';
import { ParkedController } from './parked.controller';
import { ReplayParked } from './replay-parked';

/** Rows in, verdicts out; what cannot be written yet is parked and replayed. */
@Module({
  imports: [MappingsModule, SnapshotsModule],
  controllers: [IngestController, ParkedController],
  providers: [Ingest, ReplayParked],
  exports: [Ingest, ReplayParked],
})
export class IngestModule {}
