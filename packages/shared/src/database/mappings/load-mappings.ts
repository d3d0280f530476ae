import { sql } from 'drizzle-orm';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import { trimDecimal } from '@repo/contracts/decimal';
import type { Executor } from '../connect';
import type { MappingCode, ResolvedMapping } from './mapping-codes';

/** Mappings as of one moment: all of them belong to `version` (null: the vendor never had any). */
export interface LoadedMappings {
  version: string | null;
  found: ResolvedMapping[];
}

interface LoadedRow extends Record<string, unknown> {
  version: string | null;
  type: MappingType | null;
  code: string;
  resto_code: string;
  resto_label: string;
  vat_rate: string | null;
}

/** Looks up the active mappings of these codes, together with the version they belong to: one statement, so one snapshot. */
export async function loadMappings(executor: Executor, vendorId: string, codes: readonly MappingCode[]): Promise<LoadedMappings> {
  const types = sql.param(codes.map(({ type }) => type));
  const erpCodes = sql.param(codes.map(({ code }) => code));
  const { rows } = await executor.execute<LoadedRow>(sql`
    select present.version, found.mapping_type as type, found.erp_code as code, found.resto_code, found.resto_label, found.vat_rate
    from (select (select version from mapping_versions where vendor_id = ${vendorId}) as version) as present
    left join (
      select mapping.* from unnest(${types}::text[], ${erpCodes}::text[]) as wanted (type, code)
      join erp_code_mappings as mapping
        on mapping.vendor_id = ${vendorId} and mapping.mapping_type = wanted.type and mapping.erp_code = wanted.code and mapping.is_active
    ) as found on true`);
  const found = rows.flatMap(({ type, code, resto_code, resto_label, vat_rate }) =>
    type === null
      ? []
      : [{ type, code, restoCode: resto_code, restoLabel: resto_label, vatRate: vat_rate === null ? null : trimDecimal(vat_rate) }],
  );
  return { version: rows[0]?.version ?? null, found };
}
