import { sql } from 'drizzle-orm';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import { trimDecimal } from '@repo/contracts/decimal';
import type { Executor } from '../connect';
import type { ResolvedMapping } from './mapping-codes';

/** What an ERP code is known to mean somewhere, and how often. */
export interface KnownCode extends ResolvedMapping {
  /** Whose mapping it is, where that matters; null for the marketplace's common vocabulary, which names no vendor. */
  vendorId: string | null;
  uses: number;
}

interface KnownRow extends Record<string, unknown> {
  vendor_id: string | null;
  type: MappingType;
  code: string;
  resto_code: string;
  resto_label: string;
  vat_rate: string | null;
  uses: string;
}

/** The most codes that either half of {@link loadKnownCodes} gives. */
const MOST_KNOWN = 2_000;

/**
 * Active mappings to compare unmapped codes with: the given vendors' own, and those of all vendors, most used first. The
 * ERP codes among the latter are other vendors' data: they may be compared with, never shown.
 */
export async function loadKnownCodes(
  executor: Executor,
  vendorIds: readonly string[],
  types: readonly MappingType[],
): Promise<KnownCode[]> {
  const ofTypes = sql`is_active and mapping_type = any(${sql.param([...types])}::text[])`;
  const meaning = sql`mapping_type as type, erp_code as code, resto_code, resto_label, vat_rate`;
  const { rows } = await executor.execute<KnownRow>(sql`
    (select vendor_id, ${meaning}, 1 as uses from erp_code_mappings
      where vendor_id = any(${sql.param([...vendorIds])}::text[]) and ${ofTypes} limit ${MOST_KNOWN})
    union all
    (select null, ${meaning}, count(*) as uses from erp_code_mappings where ${ofTypes}
      group by mapping_type, erp_code, resto_code, resto_label, vat_rate order by uses desc, type, code, resto_code limit ${MOST_KNOWN})`);
  return rows.map((row) => ({
    vendorId: row.vendor_id,
    type: row.type,
    code: row.code,
    restoCode: row.resto_code,
    restoLabel: row.resto_label,
    vatRate: row.vat_rate === null ? null : trimDecimal(row.vat_rate),
    uses: Number(row.uses),
  }));
}
