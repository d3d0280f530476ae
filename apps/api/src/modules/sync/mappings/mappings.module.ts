import { Module } from '@nestjs/common';
import { ApplyMappings } from './apply-mappings';
import { ChangeMapping } from './change-mapping';
import { MappingCache } from './mapping-cache';
import { MappingChanges } from './mapping-changes';
import { MappingsController } from './mappings.controller';
import { SeedMappings } from './seed-mappings';
import { ListUnmapped } from './unmapped/list-unmapped';

/** ERP codes and what they mean on the marketplace. */
@Module({
  controllers: [MappingsController],
  providers: [MappingCache, MappingChanges, ChangeMapping, SeedMappings, ListUnmapped, ApplyMappings],
  exports: [MappingCache, ApplyMappings],
})
export class MappingsModule {}
