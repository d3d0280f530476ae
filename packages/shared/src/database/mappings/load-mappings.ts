import type { Pool, PoolClient } from 'pg';
import { trimDecimal } from '@repo/contracts/decimal';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import type { MappingCode, ResolvedMapping } from './mapping-codes';

/** Mappings as of one moment: all of them belong to `version` (null: the vendor never had any). */
export interface LoadedMappings {
  version: string | null;
  found: ResolvedMapping[];
}

interface LoadedRow {
  version: string | null;
  type: MappingType | null;
  code: string;
  resto_code: string;
  resto_label: string;
  vat_rate: string | null;
}

/** One row at least: the version also where nothing is found. */
const LOAD = {
  name: 'load-mappings',
  text: `select present.version, found.mapping_type as type, found.erp_code as code, found.resto_code, found.resto_label, found.vat_rate
    from (select (select version from mapping_versions where vendor_id = $1) as version) as present
    left join (
      select mapping.* from unnest($2::text[], $3::text[]) as wanted (type, code)
      join erp_code_mappings as mapping
        on mapping.vendor_id = $1 and mapping.mapping_type = wanted.type and mapping.erp_code = wanted.code and mapping.is_active
    ) as found on true`,
};

/** Looks up the active mappings of these codes, together with the version they belong to: one statement, so one snapshot. */
export async function loadMappings(executor: Pool | PoolClient, vendorId: string, codes: readonly MappingCode[]): Promise<LoadedMappings> {
  const values = [vendorId, codes.map(({ type }) => type), codes.map(({ code }) => code)];
  const { rows } = await executor.query<LoadedRow>({ ...LOAD, values });
  const found = rows.flatMap(({ type, code, resto_code, resto_label, vat_rate }) =>
    type === null
      ? []
      : [{ type, code, restoCode: resto_code, restoLabel: resto_label, vatRate: vat_rate === null ? null : trimDecimal(vat_rate) }],
  );
  return { version: rows[0]?.version ?? null, found };
}
