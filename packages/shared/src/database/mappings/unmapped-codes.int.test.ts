import { explainDb } from '../../../test/support/explain-pool';
import { useTestDatabase } from '../../../test/support/test-database';
import { findBarcodeMatches, listUnmappedCodes } from './unmapped-codes';

const VENDORS = 10;
const PARKED = 20_000;
const BIG = 12_000;
const ITEMS = 15_000;

const test = useTestDatabase();

const park = (vendorId: string, waitsFor: string, count: number) =>
  `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for, first_seen_at, last_seen_at)
   select ${vendorId}, 'items', 'P' || n, jsonb_build_object('barcode', 'b' || n), 'h', now(), n, n, 'unmapped_unit', ${waitsFor}, now(), now() + make_interval(secs => n)
   from generate_series(1, ${count}) as n`;

/** Statements before anything is there, and after. */
const STATISTICS: Record<string, [string[], string[]]> = {
  'statistics of empty tables': [['vacuum analyze parked_rows, items'], []],
  'true statistics': [[], ['vacuum analyze parked_rows, items']],
};

describe.each(Object.entries(STATISTICS))('beside many parked rows, with %s', (_name, [before, after]) => {
  beforeAll(async () => {
    const { pool } = test;
    await pool.query('truncate parked_rows, items cascade');
    await pool.query('alter table parked_rows set (autovacuum_enabled = false); alter table items set (autovacuum_enabled = false)');
    for (const statement of before) await pool.query(statement);
    // Everyone waits for the same few codes.
    await pool.query(park(`'v' || n % ${VENDORS}`, `array['unit:U' || n / ${VENDORS} % 5, 'vat:T']`, PARKED));
    await pool.query(park(`'big'`, `array['unit:U' || n % 5]`, BIG));
    await pool.query(park(`'few'`, `array['unit:FAR']`, 1));
    await pool.query(`update parked_rows set key = 'P9998', payload = '{"barcode": "b9998"}' where vendor_id = 'few'`);
    await pool.query(
      `insert into items (vendor_id, sku, name, barcode, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest,
         erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, deleted_at)
       select vendor_id, 'P' || n, 'n', 'b' || n, 'h', now(), now(), now(), 1, n, n, 'u', 'v', 'OLD', 'Label', 'V', 20, case when n % 3 = 0 then now() end
       from generate_series(1, ${ITEMS}) as n, unnest(array['big', 'few', 'v' || n % ${VENDORS}]) as vendor_id`,
    );
    for (const statement of after) await pool.query(statement);
  });

  it('counts each code of each vendor, and all codes on any page, with one look at the parked rows', async () => {
    const { rows } = await test.pool.query<Record<string, unknown>>(
      `select vendor_id as "vendorId", split_part(name, ':', 1) as type, split_part(name, ':', 2) as code, count(*)::int as "parkedRows",
         min(first_seen_at) as "firstSeenAt", max(last_seen_at) as "lastSeenAt"
       from parked_rows, unnest(waits_for) as name group by vendor_id, name order by max(last_seen_at) desc, vendor_id, name collate "C"`,
    );
    expect(rows).toHaveLength(VENDORS * 6 + 5 + 1);
    const list = (page: number) => listUnmappedCodes(test.database.db, {}, { page, limit: 50 });
    const meta = { limit: 50, total: rows.length, totalPages: 2 };
    expect(await list(1)).toEqual({ data: rows.slice(0, 50), meta: { page: 1, ...meta } });
    expect(await list(2)).toEqual({ data: rows.slice(50), meta: { page: 2, ...meta } });
    expect(await list(3)).toEqual({ data: [], meta: { page: 3, ...meta } });
    const explained = await explainDb(test.pool, (db) => listUnmappedCodes(db, {}, { page: 1, limit: 50 }));
    expect(explained.reduce((sum, did) => sum + did.looked('parked_rows'), 0)).toBe(PARKED + BIG + 1);
  });

  it('looks for barcodes at the rows of the vendors that are asked for, not at all that wait for a code', async () => {
    const codes = ['U0', 'U1', 'U2'].map((code) => ({ vendorId: 'v1', type: 'unit' as const, code }));
    const [did] = await explainDb(test.pool, (db) => findBarcodeMatches(db, codes));
    expect(did?.looked('parked_rows')).toBe(PARKED / VENDORS);
    expect(did?.wholeTables).toEqual([]);
    expect(did?.looked('items')).toBeLessThanOrEqual(ITEMS / VENDORS + 60);
    // Twenty barcodes of each code, and a third of the items are deleted.
    const matches = await findBarcodeMatches(test.database.db, codes);
    expect(matches.map(({ code, restoCode }) => `${code} ${restoCode}`).sort()).toEqual(['U0 OLD', 'U1 OLD', 'U2 OLD']);
    for (const { uses } of matches) expect([uses > 0, uses < 20]).toEqual([true, true]);
  });

  it('finds what is stored under the key of the row that waits, however far behind it lies', async () => {
    const far = { vendorId: 'few', type: 'unit' as const, code: 'FAR' };
    expect(await findBarcodeMatches(test.database.db, [far])).toEqual([
      { ...far, restoCode: 'OLD', restoLabel: 'Label', vatRate: null, uses: 1 },
    ]);
  });

  it('gives up early at a vendor that has very many, and shares what it looks at among many', async () => {
    const big = { vendorId: 'big', type: 'unit' as const, code: 'U1' };
    const [alone] = await explainDb(test.pool, (db) => findBarcodeMatches(db, [big]));
    expect(alone?.looked('parked_rows')).toBe(5_000);
    expect(alone?.looked('items')).toBeLessThanOrEqual(5_000 + 20);
    const others = Array.from({ length: VENDORS }, (_, n) => ({ ...big, vendorId: `v${n}` }));
    const [together] = await explainDb(test.pool, (db) => findBarcodeMatches(db, [big, ...others]));
    expect(together?.looked('parked_rows')).toBeLessThanOrEqual(5_000 + VENDORS + 1);
    expect(together?.looked('items')).toBeLessThanOrEqual(5_000 + 21 * (VENDORS + 1));
    expect(new Set((await findBarcodeMatches(test.database.db, [big, ...others])).map(({ vendorId }) => vendorId)).size).toBe(VENDORS + 1);
  });
});
