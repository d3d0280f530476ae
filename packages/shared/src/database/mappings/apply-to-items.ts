import { sql } from 'drizzle-orm';
import { CHANGE_SEQ } from '../change-sequence';
import type { Executor } from '../connect';

/** What of a vendor's mappings the stored rows do not have yet. */
export interface PendingMappings {
  /** Mappings changed after this version are to be applied … */
  appliedVersion: string;
  /** … up to this one. */
  version: string;
  /** Whether there is an active mapping among them: a deactivated one leaves the rows as they are. */
  anyActive: boolean;
}

/** Vendors whose stored rows lag behind their mappings. */
export async function listPendingVendors(executor: Executor): Promise<string[]> {
  const { rows } = await executor.execute<{ vendor_id: string }>(
    sql`select vendor_id from mapping_versions where applied_version < version order by vendor_id`,
  );
  return rows.map(({ vendor_id }) => vendor_id);
}

/** What is still to be applied for a vendor; undefined when nothing is. */
export async function readPending(executor: Executor, vendorId: string): Promise<PendingMappings | undefined> {
  const { rows } = await executor.execute<{ applied_version: string; version: string; any_active: boolean }>(sql`
    select applied_version, version, exists (
      select from erp_code_mappings as mapping
      where mapping.vendor_id = ${vendorId} and mapping.is_active and mapping.changed_in > applied_version) as any_active
    from mapping_versions where vendor_id = ${vendorId} and applied_version < version`);
  const [row] = rows;
  return row === undefined ? undefined : { appliedVersion: row.applied_version, version: row.version, anyActive: row.any_active };
}

/** One page of a vendor's items, in key order. */
export interface ItemPage {
  afterSku: string;
  limit: number;
  changedAfter: string;
}

/**
 * Gives the items of a page what the active mappings that changed after a version say now; writes only rows that differ.
 * It reads the mappings themselves, so that under the vendor's lock of `items`, which the transaction must hold alone, it
 * can never write an older meaning over a newer one; nor can a row move meanwhile, so it is found again by its place. `lastSku` is null when the page is empty.
 */
export async function applyToItemPage(
  tx: Executor,
  vendorId: string,
  page: ItemPage,
): Promise<{ lastSku: string | null; seen: number; written: number }> {
  // Along the primary key, whatever the statistics say of the vendor: else each page would read and sort all of its items.
  await tx.execute(sql`set local enable_sort = off`);
  const { rows } = await tx.execute<{ last_sku: string | null; seen: string; written: string }>(sql`
    with page as materialized (
      select ctid as place, sku, erp_unit_code, erp_vat_code, erp_family_code, erp_subfamily_code,
        unit_code, unit_label, vat_code, vat_rate, family_code, family_label, subfamily_code, subfamily_label
      from items where vendor_id = ${vendorId} and sku > ${page.afterSku} order by sku limit ${page.limit}
    ), changed as materialized (
      select mapping_type, erp_code, resto_code, resto_label, vat_rate
      from erp_code_mappings where vendor_id = ${vendorId} and is_active and changed_in > ${page.changedAfter}
    ), mapped as (
      select page.place,
        coalesce(unit.resto_code, page.unit_code) as unit_code, coalesce(unit.resto_label, page.unit_label) as unit_label,
        coalesce(vat.resto_code, page.vat_code) as vat_code, coalesce(vat.vat_rate, page.vat_rate) as vat_rate,
        coalesce(family.resto_code, page.family_code) as family_code, coalesce(family.resto_label, page.family_label) as family_label,
        coalesce(subfamily.resto_code, page.subfamily_code) as subfamily_code,
        coalesce(subfamily.resto_label, page.subfamily_label) as subfamily_label
      from page
      left join changed as unit on unit.mapping_type = 'unit' and unit.erp_code = page.erp_unit_code
      left join changed as vat on vat.mapping_type = 'vat' and vat.erp_code = page.erp_vat_code
      left join changed as family on family.mapping_type = 'family' and family.erp_code = page.erp_family_code
      left join changed as subfamily on subfamily.mapping_type = 'subfamily' and subfamily.erp_code = page.erp_subfamily_code
      where (unit.erp_code is not null and (page.unit_code, page.unit_label) is distinct from (unit.resto_code, unit.resto_label))
        or (vat.erp_code is not null and (page.vat_code, page.vat_rate) is distinct from (vat.resto_code, vat.vat_rate))
        or (family.erp_code is not null
          and (page.family_code, page.family_label) is distinct from (family.resto_code, family.resto_label))
        or (subfamily.erp_code is not null
          and (page.subfamily_code, page.subfamily_label) is distinct from (subfamily.resto_code, subfamily.resto_label))
    ), written as (
      update items set
        unit_code = mapped.unit_code, unit_label = mapped.unit_label, vat_code = mapped.vat_code, vat_rate = mapped.vat_rate,
        family_code = mapped.family_code, family_label = mapped.family_label,
        subfamily_code = mapped.subfamily_code, subfamily_label = mapped.subfamily_label,
        change_seq = ${sql.raw(CHANGE_SEQ)}, updated_at = clock_timestamp()
      from mapped
      where items.ctid = mapped.place
      returning 1
    )
    select (select max(sku) from page) as last_sku, (select count(*) from page) as seen, (select count(*) from written) as written`);
  const { last_sku: lastSku = null, seen = '0', written = '0' } = rows[0] ?? {};
  return { lastSku, seen: Number(seen), written: Number(written) };
}

/** Remembers that the stored rows have the mappings of `version`; an instance that was faster is not set back. */
export async function finishApplying(executor: Executor, vendorId: string, version: string): Promise<void> {
  await executor.execute(
    sql`update mapping_versions set applied_version = ${version} where vendor_id = ${vendorId} and applied_version < ${version}`,
  );
}
