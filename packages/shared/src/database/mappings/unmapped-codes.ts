import { sql } from 'drizzle-orm';
import { trimDecimal } from '@repo/contracts/decimal';
import type { Executor } from '../connect';
import { countUpTo, pageOf, type Page, type PageRequest } from '../page';
import { codeName, parseCodeName, type MappingCode } from './mapping-codes';

/** A code that parked items of a vendor wait for. */
export interface UnmappedCode extends MappingCode {
  vendorId: string;
  parkedRows: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

interface UnmappedRow extends Record<string, unknown> {
  vendor_id: string;
  name: string;
  parked_rows: string;
  first_seen_at: string;
  last_seen_at: string;
}

/** The codes that parked items wait for, most recently seen first; of one vendor or of all. */
export async function listUnmappedCodes(
  executor: Executor,
  filter: { vendorId?: string | undefined },
  page: PageRequest,
): Promise<Page<UnmappedCode>> {
  const ofVendor = filter.vendorId === undefined ? sql`` : sql`and vendor_id = ${filter.vendorId}`;
  const grouped = sql`
    select vendor_id, name, count(*) as parked_rows, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
    from parked_rows cross join unnest(waits_for) as name
    where entity = 'items' and (name like 'unit:%' or name like 'vat:%') ${ofVendor}
    group by vendor_id, name`;
  const { rows } = await executor.execute<UnmappedRow>(sql`
    ${grouped} order by last_seen_at desc, vendor_id, name collate "C"
    limit ${page.limit} offset ${(page.page - 1) * page.limit}`);
  const total = await countUpTo(executor, grouped);
  return pageOf(rows.map(toUnmapped), total, page);
}

function toUnmapped(row: UnmappedRow): UnmappedCode {
  return {
    vendorId: row.vendor_id,
    ...parseCodeName(row.name),
    parkedRows: Number(row.parked_rows),
    firstSeenAt: new Date(row.first_seen_at),
    lastSeenAt: new Date(row.last_seen_at),
  };
}

/** What the unit or VAT code of a stored item with the barcode of a parked one means. `restoLabel` is null for VAT: items have none. */
export interface BarcodeMatch extends MappingCode {
  vendorId: string;
  restoCode: string;
  restoLabel: string | null;
  vatRate: string | null;
  /** How many pairs of a parked row and a stored item say so. */
  uses: number;
}

/** How much the barcode search looks at: parked rows of a code, barcodes of those, and stored items in all. */
const MOST_PARKED = 200;
const MOST_BARCODES = 20;
const MOST_ITEMS = 10_000;

/**
 * Finds stored items of the same vendors that have the barcode of an item that waits for one of the codes. Barcodes are not
 * indexed, so the search stays within these vendors, and within bounds: beyond them it finds less, it never takes longer.
 */
export async function findBarcodeMatches(
  executor: Executor,
  codes: readonly (MappingCode & { vendorId: string })[],
): Promise<BarcodeMatch[]> {
  const { rows } = await executor.execute<BarcodeRow>(sql`
    with sampled as materialized (
      select wanted.vendor_id, wanted.name, barcodes.barcode
      from unnest(${sql.param(codes.map(({ vendorId }) => vendorId))}::text[], ${sql.param(codes.map(codeName))}::text[])
        as wanted (vendor_id, name)
      cross join lateral (
        select distinct barcode from (
          select payload ->> 'barcode' as barcode from parked_rows
          where vendor_id = wanted.vendor_id and entity = 'items' and waits_for @> array[wanted.name] limit ${MOST_PARKED}
        ) as parked where barcode <> '' limit ${MOST_BARCODES}) as barcodes
    ), scanned as materialized (
      -- A vendor at a time along its key: all at once, the planner reads every vendor's items.
      select of_vendor.* from (select distinct vendor_id from sampled) as vendor
      cross join lateral (
        select items.vendor_id, barcode, unit_code, unit_label, vat_code, vat_rate from items
        where items.vendor_id = vendor.vendor_id and deleted_at is null order by sku limit ${MOST_ITEMS}
      ) as of_vendor
      limit ${MOST_ITEMS}
    )
    select sampled.vendor_id, sampled.name, meaning.resto_code, meaning.resto_label, meaning.vat_rate, count(*) as uses
    from sampled join scanned on scanned.vendor_id = sampled.vendor_id and scanned.barcode = sampled.barcode
    cross join lateral (
      select unit_code, unit_label, null::numeric where sampled.name like 'unit:%'
      union all select vat_code, null, vat_rate where sampled.name like 'vat:%'
    ) as meaning (resto_code, resto_label, vat_rate)
    group by sampled.vendor_id, sampled.name, meaning.resto_code, meaning.resto_label, meaning.vat_rate`);
  return rows.map((row) => ({
    vendorId: row.vendor_id,
    ...parseCodeName(row.name),
    restoCode: row.resto_code,
    restoLabel: row.resto_label,
    vatRate: row.vat_rate === null ? null : trimDecimal(row.vat_rate),
    uses: Number(row.uses),
  }));
}

interface BarcodeRow extends Record<string, unknown> {
  vendor_id: string;
  name: string;
  resto_code: string;
  resto_label: string | null;
  vat_rate: string | null;
  uses: string;
}
