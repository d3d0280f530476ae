import { Module } from '@nestjs/common';
import { AgentsModule } from './agents/agents.module';
import { MappingsModule } from './mappings/mappings.module';

/** Composes what keeps the hub in step with the ERPs; each folder is one part of it. */
@Module({ imports: [AgentsModule, MappingsModule] })
export class SyncModule {}
