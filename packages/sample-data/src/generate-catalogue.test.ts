import { createHash } from 'node:crypto';
import { ItemRow as ItemSchema } from '@repo/contracts/rows/item-row';
import { StockRow as StockSchema } from '@repo/contracts/rows/stock-row';
import { WarehouseRow as WarehouseSchema } from '@repo/contracts/rows/warehouse-row';
import { MappingEntry as MappingSchema } from '@repo/contracts/operations/mapping-operations';
import { contentHashOf } from '@repo/contracts/content-hash';
import { parseUnits } from './decimal';
import { isEan13 } from './ean13';
import { generateCatalogue } from './generate-catalogue';
import { NEAR_EQUAL_CODES } from './generate/item-codes';
import { findVat, vatOn } from './vat';

const at = new Date('2025-03-01T04:30:00.000Z');
const catalogue = generateCatalogue({ seed: 42, at, items: 3000 });
const items = [...catalogue.items()];
const stock = [...catalogue.stock()];
const warehouses = [...catalogue.warehouses()];
const mappings = [...catalogue.mappings()];

const digestOf = (rows: unknown[]): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16);
const cents = (text: string | null | undefined): bigint => parseUnits(text ?? '', 2) ?? -1n;
const thousandths = (text: string | null | undefined): bigint => parseUnits(text ?? '', 3) ?? -1n;

describe('a generated catalogue', () => {
  it('is the same in every run and on every machine', () => {
    // These change with the lexicon and with nothing else: then put in what the test found.
    expect({ items: digestOf(items), stock: digestOf(stock) }).toEqual({ items: '0e716ecc3a39587e', stock: 'e2d5cec56f4304c9' });
    const again = generateCatalogue({ seed: 42, at, items: 3000 });
    expect(digestOf([...again.items()])).toBe(digestOf(items));
    expect(digestOf([...again.items()])).toBe(digestOf(items));
  });

  it('is another one for another seed, and begins the same when it is shorter', () => {
    const first = (options: { seed: number; items: number }) => [...generateCatalogue({ at, ...options }).items()];
    expect(first({ seed: 43, items: 20 }).map((item) => item.name)).not.toEqual(items.slice(0, 20).map((item) => item.name));
    expect(first({ seed: 42, items: 20 })).toEqual(items.slice(0, 20));
  });

  it('makes rows only when they are read', () => {
    const [first] = generateCatalogue({ seed: 42, at, items: 1_000_000_000 }).items();
    expect(first).toEqual(items[0]);
  });

  it('holds only rows and mappings that the contract takes', () => {
    const problems = [
      ...items.map((row) => ItemSchema.safeParse(row)),
      ...stock.map((row) => StockSchema.safeParse(row)),
      ...warehouses.map((row) => WarehouseSchema.safeParse(row)),
      ...mappings.map((entry) => MappingSchema.safeParse(entry)),
    ].flatMap((result) => result.error?.issues ?? []);
    expect(problems).toEqual([]);
    expect([items.length, warehouses.length, stock.length >= 3000, stock.length <= 9000]).toEqual([3000, 9, true, true]);
  });

  it('gives every row the hash of its content and the time that was asked for', () => {
    for (const row of [...items, ...stock, ...warehouses]) {
      expect(row.contentHash).toBe(contentHashOf(row));
      expect(row.lastSyncedAt).toBe('2025-03-01T04:30:00.000Z');
    }
  });

  it('has a mapping for every code its items bear, with the four French VAT rates', () => {
    const known = new Set(mappings.map(({ mappingType, erpCode }) => `${mappingType} ${erpCode}`));
    const used = items.flatMap((item) => [
      `unit ${item.erpUnitCode}`,
      `vat ${item.erpVatCode}`,
      `family ${item.erpFamilyCode}`,
      `subfamily ${item.erpSubfamilyCode}`,
    ]);
    expect(used.filter((code) => !known.has(code))).toEqual([]);
    expect(known.size).toBe(mappings.length);
    expect(mappings.filter((entry) => entry.mappingType === 'vat').map((entry) => entry.vatRate)).toEqual(['20', '10', '5.5', '2.1']);
    expect(new Set(items.map((item) => item.erpVatCode)).size).toBe(4);
  });

  it('has prices that add up to the cent', () => {
    for (const item of items) {
      const vat = findVat(item.erpVatCode);
      expect(vat).toBeDefined();
      expect(cents(item.vatAmount)).toBe(vat && vatOn(cents(item.priceExclVat), vat));
      expect(cents(item.priceInclVat)).toBe(cents(item.priceExclVat) + cents(item.vatAmount));
      expect(cents(item.priceExclVat)).toBeGreaterThan(0n);
      expect(cents(item.purchasePrice)).toBeLessThanOrEqual(cents(item.priceExclVat));
    }
  });

  it('has barcodes that check, and none twice', () => {
    const barcodes = items.flatMap((item) => (item.barcode ? [item.barcode] : []));
    expect(barcodes.filter((barcode) => !isEan13(barcode))).toEqual([]);
    expect(new Set(barcodes).size).toBe(barcodes.length);
    expect(barcodes.length).toBeGreaterThan(2700);
  });

  it('never gives a code twice, and has all the near-equal ones within the first hundred items', () => {
    const codes = new Set(items.map((item) => item.sku));
    expect(codes.size).toBe(items.length);
    const firstHundred = new Set(items.slice(0, 100).map((item) => item.sku));
    expect(NEAR_EQUAL_CODES.filter((code) => !firstHundred.has(code))).toEqual([]);
    const folded = new Set(items.map((item) => item.sku.trim().toLowerCase().normalize('NFC')));
    expect(folded.size).toBeLessThan(codes.size - 11);
  });

  it('has names as real catalogues have them: accents, decomposed ones, other scripts, emoji, and the longest the contract allows', () => {
    const names = items.map((item) => item.name);
    expect(names.filter((name) => name.length === 255).length).toBeGreaterThan(0);
    expect(Math.max(...names.map((name) => name.length))).toBe(255);
    for (const pattern of [/œ/, /[éèêâîçù]/, /[\u0300\u0301]/, /\p{Script=Han}/u, /\p{Extended_Pictographic}/u, /\d ?[×x] ?\d/]) {
      expect(names.some((name) => pattern.test(name))).toBe(true);
    }
  });

  it('tracks fresh and frozen food by lot', () => {
    for (const item of items) {
      if (item.attributes?.['conservation'] !== 'ambiant') expect(item.trackingMode).toBe('lot');
    }
  });
});

describe('generated stock', () => {
  it('lies in known warehouses, no item twice in one', () => {
    const known = new Set(warehouses.map((warehouse) => warehouse.erpWarehouseId));
    expect(stock.filter((row) => !known.has(row.erpWarehouseId))).toEqual([]);
    expect(new Set(stock.map((row) => `${row.erpWarehouseId}\u001f${row.sku}`)).size).toBe(stock.length);
    expect(new Set(stock.map((row) => row.sku)).size).toBe(items.length);
  });

  it('has quantities that agree with one another, some below zero', () => {
    for (const row of stock) {
      const { realStock, virtualStock, reservedQuantity, incomingQuantity } = row;
      expect(thousandths(virtualStock)).toBe(thousandths(realStock) - thousandths(reservedQuantity) + thousandths(incomingQuantity));
    }
    expect(stock.filter((row) => row.realStock.startsWith('-')).length).toBeGreaterThan(50);
  });

  it('spreads over as many warehouses as asked', () => {
    const wide = [...generateCatalogue({ seed: 1, at, items: 10, warehouses: 14, spread: [14, 14] }).stock()];
    expect(wide.length).toBe(140);
    expect(() => generateCatalogue({ seed: 1, at, warehouses: 2, spread: [1, 3] })).toThrow(RangeError);
  });
});
