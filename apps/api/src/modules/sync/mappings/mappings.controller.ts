import { Controller, Inject } from '@nestjs/common';
import {
  createMapping,
  deleteMapping,
  listMappings,
  listUnmapped,
  seedMappings,
  updateMapping,
} from '@repo/contracts/operations/mapping-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { listMappings as readMappings } from '@repo/shared/database/repositories/erp-code-mappings.repository';
import { DATABASE } from '../../../platform/database/database.module';
import { CurrentKey, type KeyIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { ChangeMapping } from './change-mapping';
import { toReply } from './mapping-reply';
import { SeedMappings } from './seed-mappings';
import { ListUnmapped } from './unmapped/list-unmapped';

/** What ops do with mappings. */
@Controller()
export class MappingsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly mapping: ChangeMapping,
    private readonly seeding: SeedMappings,
    private readonly unmapped: ListUnmapped,
  ) {}

  @Operation(listMappings)
  async list(@Input() { query }: InputOf<typeof listMappings>): Promise<Reply<typeof listMappings>> {
    const { data, meta } = await readMappings(this.database.db, query, query);
    return { data: data.map(toReply), meta };
  }

  @Operation(createMapping)
  create(@CurrentKey() key: KeyIdentity, @Input() { body }: InputOf<typeof createMapping>): Promise<Reply<typeof createMapping>> {
    return this.mapping.create(key.name, body);
  }

  @Operation(updateMapping)
  update(@CurrentKey() key: KeyIdentity, @Input() { params, body }: InputOf<typeof updateMapping>): Promise<Reply<typeof updateMapping>> {
    return this.mapping.update(key.name, params.id, body);
  }

  @Operation(deleteMapping)
  remove(@CurrentKey() key: KeyIdentity, @Input() { params }: InputOf<typeof deleteMapping>): Promise<void> {
    return this.mapping.deactivate(key.name, params.id);
  }

  @Operation(seedMappings)
  seed(@CurrentKey() key: KeyIdentity, @Input() { body }: InputOf<typeof seedMappings>): Promise<Reply<typeof seedMappings>> {
    return this.seeding.seed(key.name, body);
  }

  @Operation(listUnmapped)
  listUnmapped(@Input() { query }: InputOf<typeof listUnmapped>): Promise<Reply<typeof listUnmapped>> {
    return this.unmapped.list(query.vendorId, query);
  }
}
