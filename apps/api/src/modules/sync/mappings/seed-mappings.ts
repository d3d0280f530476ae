import { Injectable } from '@nestjs/common';
import type { MappingEntry, seedMappings } from '@repo/contracts/operations/mapping-operations';
import type { Input, Reply } from '@repo/contracts/operations/operation';
import type { FieldProblem } from '@repo/contracts/problem';
import { codeName } from '@repo/shared/database/mappings/mapping-codes';
import { writeMappings, type MappingValues } from '@repo/shared/database/mappings/write-mappings';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { countWaitingFor } from '@repo/shared/database/repositories/erp-code-mappings.repository';
import { ApiError } from '../../../platform/errors/api-error';
import { addLogFields, currentContext } from '../../../platform/http/request-context';
import { MappingChanges } from './mapping-changes';

/** Creates, changes and brings back many mappings of a vendor at once; `actor` is the name of the key that asks for it. */
@Injectable()
export class SeedMappings {
  constructor(private readonly changes: MappingChanges) {}

  /** @throws ApiError `invalid_request` when a code is given twice */
  async seed(actor: string, { vendorId, mappings }: Input<typeof seedMappings>['body']): Promise<Reply<typeof seedMappings>> {
    const values = mappings.map(toActiveValues);
    refuseRepeated(values);
    return this.changes.run(vendorId, async (tx) => {
      const written = await writeMappings(tx, vendorId, values);
      const replaced = written.flatMap(({ id, before }) => (before === null ? [] : [{ id, ...before }]));
      const counts = {
        created: written.length - replaced.length,
        updated: replaced.length,
        unchanged: values.length - written.length,
        replaying: await countWaitingFor(tx, vendorId, written),
      };
      // What is there now can be read; what it replaced could not, were it not kept here.
      await recordAudit(tx, {
        actor,
        action: 'mapping.seed',
        target: 'mappings',
        vendorId,
        before: replaced,
        after: counts,
        correlationId: currentContext()?.correlationId ?? null,
      });
      addLogFields({ vendorId, ...counts });
      return { result: counts, written };
    });
  }
}

function toActiveValues({ mappingType: type, erpCode: code, restoCode, restoLabel, vatRate }: MappingEntry): MappingValues {
  return { type, code, restoCode, restoLabel, vatRate: vatRate ?? null, isActive: true };
}

function refuseRepeated(values: readonly MappingValues[]): void {
  const firsts = new Map<string, number>();
  const problems: FieldProblem[] = [];
  for (const [index, value] of values.entries()) {
    const first = firsts.get(codeName(value));
    if (first === undefined) firsts.set(codeName(value), index);
    else problems.push({ path: `mappings[${index}].erpCode`, message: `repeats mappings[${first}]` });
  }
  const [problem] = problems;
  if (problem !== undefined) {
    throw new ApiError('invalid_request', `${problem.path}: ${problem.message}`, { errors: problems.slice(0, 20) });
  }
}
