import { Inject, Injectable } from '@nestjs/common';
import type { createMapping, Mapping, updateMapping } from '@repo/contracts/operations/mapping-operations';
import type { Input } from '@repo/contracts/operations/operation';
import type { Database, Tx } from '@repo/shared/database/connect';
import { writeMappings, type MappingValues } from '@repo/shared/database/mappings/write-mappings';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { findMapping, findMappingOfCode, type MappingRow } from '@repo/shared/database/repositories/erp-code-mappings.repository';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError, invalidField } from '../../../platform/errors/api-error';
import { currentContext } from '../../../platform/http/request-context';
import { MappingChanges, type MappingChange } from './mapping-changes';
import { toReply, toValues } from './mapping-reply';

type NewMapping = Input<typeof createMapping>['body'];
type ChangedMapping = Input<typeof updateMapping>['body'];

/** Creates, changes and deactivates one mapping; `actor` is the name of the key that asks for it. */
@Injectable()
export class ChangeMapping {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly changes: MappingChanges,
  ) {}

  /** @throws ApiError `conflict` when the code has an active mapping; an inactive one is brought back with the new values */
  create(actor: string, mapping: NewMapping): Promise<Mapping> {
    const { vendorId, mappingType: type, erpCode: code, restoCode, restoLabel } = mapping;
    return this.changes.run(vendorId, async (tx) => {
      const before = await findMappingOfCode(tx, vendorId, { type, code });
      if (before?.isActive === true) throw new ApiError('conflict', `The ${type} code "${code}" has a mapping: ${before.id}`);
      const values = { type, code, restoCode, restoLabel, vatRate: mapping.vatRate ?? null, isActive: true };
      return this.write(tx, actor, 'mapping.create', vendorId, before, values);
    });
  }

  /** @throws ApiError `not_found`; `invalid_request` when the identity would change or VAT would lose its rate */
  async update(actor: string, id: string, change: ChangedMapping): Promise<Mapping> {
    const { vendorId } = await this.find(this.database.db, id);
    return this.changes.run(vendorId, async (tx) => {
      const before = await this.find(tx, id);
      return this.write(tx, actor, 'mapping.update', vendorId, before, changedValues(before, change));
    });
  }

  /** Deactivating again changes nothing. @throws ApiError `not_found` */
  async deactivate(actor: string, id: string): Promise<void> {
    const { vendorId } = await this.find(this.database.db, id);
    await this.changes.run(vendorId, async (tx) => {
      const before = await this.find(tx, id);
      return this.write(tx, actor, 'mapping.delete', vendorId, before, { ...toValues(before), isActive: false });
    });
  }

  private async find(executor: Database['db'] | Tx, id: string): Promise<MappingRow> {
    const row = await findMapping(executor, id);
    if (row === null) throw new ApiError('not_found', 'There is no mapping with this id');
    return row;
  }

  private async write(
    tx: Tx,
    actor: string,
    action: string,
    vendorId: string,
    before: MappingRow | null,
    values: MappingValues,
  ): Promise<MappingChange<Mapping>> {
    const written = await writeMappings(tx, vendorId, [values]);
    const after = await findMappingOfCode(tx, vendorId, values);
    if (after === null) throw new Error(`the ${values.type} mapping just written is not there`);
    const result = toReply(after);
    await recordAudit(tx, {
      actor,
      action,
      target: `mapping:${after.id}`,
      vendorId,
      before: before === null ? null : toReply(before),
      after: result,
      correlationId: currentContext()?.correlationId ?? null,
    });
    return { result, written };
  }
}

function changedValues(before: MappingRow, change: ChangedMapping): MappingValues {
  for (const field of ['vendorId', 'mappingType', 'erpCode'] as const) {
    if (change[field] !== undefined && change[field] !== before[field]) {
      throw invalidField(field, 'identifies the mapping and cannot be changed: create another one');
    }
  }
  if (before.mappingType === 'vat' && change.vatRate === null) throw invalidField('vatRate', 'is required for a VAT mapping');
  const values = toValues(before);
  return {
    ...values,
    restoCode: change.restoCode ?? values.restoCode,
    restoLabel: change.restoLabel ?? values.restoLabel,
    vatRate: change.vatRate === undefined ? values.vatRate : change.vatRate,
    isActive: change.isActive ?? values.isActive,
  };
}
