import { trimDecimal } from '@repo/contracts/decimal';
import type { Mapping } from '@repo/contracts/operations/mapping-operations';
import type { MappingValues } from '@repo/shared/database/mappings/write-mappings';
import type { MappingRow } from '@repo/shared/database/repositories/erp-code-mappings.repository';

/** A stored mapping as the API replies it. */
export function toReply(row: MappingRow): Mapping {
  const { id, vendorId, mappingType, erpCode, restoCode, restoLabel, isActive } = row;
  return {
    id,
    vendorId,
    mappingType,
    erpCode,
    restoCode,
    restoLabel,
    vatRate: row.vatRate === null ? null : trimDecimal(row.vatRate),
    isActive,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A stored mapping as it would be written again. */
export function toValues(row: MappingRow): MappingValues {
  const { mappingType: type, erpCode: code, restoCode, restoLabel, isActive } = row;
  return { type, code, restoCode, restoLabel, vatRate: row.vatRate === null ? null : trimDecimal(row.vatRate), isActive };
}
