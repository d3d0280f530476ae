import { sql } from 'drizzle-orm';
import { trimDecimal } from '@repo/contracts/decimal';
import type { Db, Executor } from '../connect';
import { MOST_COUNTED, pageOf, type Page, type PageRequest } from '../page';
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

const IN_ORDER = sql`order by last_seen_at desc, vendor_id, name collate "C"`;

/** The codes that parked items wait for, most recently seen first; of one vendor or of all. */
export async function listUnmappedCodes(
  executor: Executor,
  filter: { vendorId?: string | undefined },
  page: PageRequest,
): Promise<Page<UnmappedCode>> {
  const ofVendor = filter.vendorId === undefined ? sql`` : sql`and vendor_id = ${filter.vendorId}`;
  // All parked rows are read, so once for the page and its total; and they wait for few lists of codes, which are taken apart once each.
  const { rows } = await executor.execute<{ total: string } & (UnmappedRow | { vendor_id: null })>(sql`
    with alike as (
      select vendor_id, waits_for, count(*) as parked_rows, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
      from parked_rows where entity = 'items' ${ofVendor} group by vendor_id, waits_for
    ), codes as materialized (
      select vendor_id, name, sum(parked_rows) as parked_rows, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
      from alike cross join unnest(waits_for) as name where name like 'unit:%' or name like 'vat:%' group by vendor_id, name
    ), on_page as (
      select * from codes ${IN_ORDER} limit ${page.limit} offset ${(page.page - 1) * page.limit}
    )
    select total, on_page.* from (select count(*) as total from (select from codes limit ${MOST_COUNTED}) as bounded) as counted
    left join on_page on true ${IN_ORDER}`);
  const codes = rows.flatMap((row) => (row.vendor_id === null ? [] : [toUnmapped(row)]));
  return pageOf(codes, Number(rows[0]?.total), page);
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

/** How much the barcode search looks at: barcodes of a code, and parked rows and stored items, of which each vendor has an equal share. */
const MOST_BARCODES = 20;
const MOST_PARKED = 5_000;
const MOST_ITEMS = 5_000;

/**
 * Finds stored items of the same vendors that have the barcode of an item that waits for one of the codes. Barcodes are not
 * indexed, so the search stays within these vendors, and within bounds: beyond them it finds less, it never takes longer. An item
 * of the same key is always found. Takes no
 * transaction of the caller's: it tells the planner how to read.
 */
export function findBarcodeMatches(db: Db, codes: readonly (MappingCode & { vendorId: string })[]): Promise<BarcodeMatch[]> {
  return db.transaction(
    async (tx) => {
      // Else the planner sorts all items of a vendor that it takes for small, to give the first ones.
      await tx.execute(sql`set local enable_sort = off`);
      return searchBarcodes(tx, codes);
    },
    { accessMode: 'read only' },
  );
}

async function searchBarcodes(executor: Executor, codes: readonly (MappingCode & { vendorId: string })[]): Promise<BarcodeMatch[]> {
  const found = sql`select vendor_id, sku, deleted_at, barcode, unit_code, unit_label, vat_code, vat_rate from items`;
  const vendors = new Set(codes.map(({ vendorId }) => vendorId)).size;
  const { rows } = await executor.execute<BarcodeRow>(sql`
    with wanted as (
      select vendor_id, array_agg(name) as names
      from unnest(${sql.param(codes.map(({ vendorId }) => vendorId))}::text[], ${sql.param(codes.map(codeName))}::text[]) as code (vendor_id, name)
      group by vendor_id
    ), barcodes as (
      -- A vendor at a time along its key. The index of what is waited for would give what all other vendors wait for as well.
      select wanted.vendor_id, name, barcode, key, row_number() over (partition by wanted.vendor_id, name order by barcode) as nth from wanted
      cross join lateral (
        select name, barcode, min(key) as key from (
          select key, waits_for, payload ->> 'barcode' as barcode from parked_rows
          where vendor_id = wanted.vendor_id and entity = 'items' order by key limit ${Math.ceil(MOST_PARKED / vendors)}
        ) as parked cross join unnest(waits_for) as name
        where barcode <> '' and name = any(wanted.names) group by name, barcode
      ) as of_vendor
    ), sampled as materialized (
      select vendor_id, name, barcode, key from barcodes where nth <= ${MOST_BARCODES}
    ), scanned as materialized (
      -- Likewise: all at once, the planner reads every vendor's items.
      select of_vendor.* from (select distinct vendor_id from sampled) as vendor
      cross join lateral (${found} where vendor_id = vendor.vendor_id order by sku limit ${Math.ceil(MOST_ITEMS / vendors)}) as of_vendor
      union all
      -- A row that waits because its own code has changed is stored already, however far behind.
      select same.* from sampled cross join lateral (${found} where vendor_id = sampled.vendor_id and sku = sampled.key limit 1) as same
    )
    select sampled.vendor_id, sampled.name, meaning.resto_code, meaning.resto_label, meaning.vat_rate, count(distinct sku) as uses
    from sampled join scanned on scanned.vendor_id = sampled.vendor_id and scanned.barcode = sampled.barcode and deleted_at is null
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
