import { sql } from 'drizzle-orm';
import { trimDecimal } from '@repo/contracts/decimal';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import type { Executor } from '../connect';
import type { MappingCode, ResolvedMapping } from './mapping-codes';

/** A mapping as it shall be stored. */
export interface MappingValues extends ResolvedMapping {
  isActive: boolean;
}

/** A mapping that was written; `before` is what it replaced, null for a new one. */
export interface WrittenMapping extends MappingCode {
  id: string;
  isActive: boolean;
  before: MappingValues | null;
}

interface WrittenRow extends Record<string, unknown> {
  id: string;
  type: MappingType;
  code: string;
  is_active: boolean;
  is_new: boolean;
  old_resto_code: string;
  old_resto_label: string;
  old_vat_rate: string | null;
  old_is_active: boolean;
}

/**
 * Writes those of the given mappings that differ from what is stored, at a new version of the vendor's mappings, in one
 * statement; when none differs, nothing moves. No code may be given twice. The transaction must hold the vendor's lock of
 * `items` alone: only then does no batch write a row with a mapping that has just changed.
 */
export async function writeMappings(tx: Executor, vendorId: string, mappings: readonly MappingValues[]): Promise<WrittenMapping[]> {
  const column = (pick: (mapping: MappingValues) => unknown) => sql.param(mappings.map(pick));
  const { rows } = await tx.execute<WrittenRow>(sql`
    with given as (
      select * from unnest(
        ${column(({ type }) => type)}::text[], ${column(({ code }) => code)}::text[], ${column(({ restoCode }) => restoCode)}::text[],
        ${column(({ restoLabel }) => restoLabel)}::text[], ${column(({ vatRate }) => vatRate)}::numeric[],
        ${column(({ isActive }) => isActive)}::boolean[]
      ) as given (mapping_type, erp_code, resto_code, resto_label, vat_rate, is_active)
    ), differing as (
      select given.* from given
      left join erp_code_mappings as stored
        on stored.vendor_id = ${vendorId} and stored.mapping_type = given.mapping_type and stored.erp_code = given.erp_code
      where stored.id is null
        or (stored.resto_code, stored.resto_label, stored.vat_rate, stored.is_active)
          is distinct from (given.resto_code, given.resto_label, given.vat_rate, given.is_active)
    ), bumped as (
      insert into mapping_versions as present (vendor_id, version, applied_version)
      select ${vendorId}, 1, 0 where exists (select from differing)
      on conflict (vendor_id) do update set version = present.version + 1
      returning version
    )
    insert into erp_code_mappings (vendor_id, mapping_type, erp_code, resto_code, resto_label, vat_rate, is_active, changed_in)
    select ${vendorId}, differing.*, bumped.version from differing cross join bumped
    on conflict (vendor_id, mapping_type, erp_code) do update set
      resto_code = excluded.resto_code, resto_label = excluded.resto_label, vat_rate = excluded.vat_rate,
      is_active = excluded.is_active, changed_in = excluded.changed_in, updated_at = now()
    returning new.id, new.mapping_type as type, new.erp_code as code, new.is_active, old.id is null as is_new,
      old.resto_code as old_resto_code, old.resto_label as old_resto_label, old.vat_rate as old_vat_rate, old.is_active as old_is_active`);
  return rows.map(toWritten);
}

function toWritten(row: WrittenRow): WrittenMapping {
  const { id, type, code } = row;
  const before: MappingValues = {
    type,
    code,
    restoCode: row.old_resto_code,
    restoLabel: row.old_resto_label,
    vatRate: row.old_vat_rate === null ? null : trimDecimal(row.old_vat_rate),
    isActive: row.old_is_active,
  };
  return { id, type, code, isActive: row.is_active, before: row.is_new ? null : before };
}
