import { Module } from '@nestjs/common';
import { AgentsModule } from './agents/agents.module';
import { IngestModule } from './ingest/ingest.module';
import { AuditModule } from './maintenance/audit/audit.module';
import { SweepsModule } from './maintenance/sweeps/sweeps.module';
import { MappingsModule } from './mappings/mappings.module';

/** Composes what keeps the hub in step with the ERPs; each folder is one part of it. */
@Module({ imports: [AgentsModule, MappingsModule, IngestModule, SweepsModule, AuditModule] })
export class SyncModule {}
