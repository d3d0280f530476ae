import { changeRow } from './change-row';
import { contentHashOf, sealRow } from '@repo/contracts/content-hash';
import { parseUnits } from './decimal';
import { generateCatalogue } from './generate-catalogue';
import { findVat, vatOn } from './vat';

const at = new Date('2025-03-01T04:30:00.000Z');
const catalogue = generateCatalogue({ seed: 7, at, items: 400 });
const units = (text: string | null | undefined): bigint => parseUnits(text ?? '', 4) ?? -1n;

describe('a changed item', () => {
  it('has another price that adds up, another hash and a later time', () => {
    for (const item of catalogue.items()) {
      const changed = changeRow(item, { at: new Date('2025-03-02T00:00:00.000Z') });
      const vat = findVat(changed.erpVatCode);
      expect(changed.sku).toBe(item.sku);
      expect(changed.priceExclVat).not.toBe(item.priceExclVat);
      expect(units(changed.vatAmount)).toBe(vat && vatOn(units(changed.priceExclVat) / 100n, vat) * 100n);
      expect(units(changed.priceInclVat)).toBe(units(changed.priceExclVat) + units(changed.vatAmount));
      expect(changed.contentHash).toBe(contentHashOf(changed));
      expect(changed.contentHash).not.toBe(item.contentHash);
      expect(changed.lastSyncedAt).toBe('2025-03-02T00:00:00.000Z');
      expect(contentHashOf(item)).toBe(item.contentHash);
    }
  });

  it('gets a price when it had none', () => {
    const item = sealRow({ sku: '1', name: 'n', contentHash: '', lastSyncedAt: at.toISOString(), erpUnitCode: 'PCE', erpVatCode: '?' });
    expect(changeRow(item)).toMatchObject({
      priceExclVat: expect.stringMatching(/^\d+(\.\d+)?$/),
      lastSyncedAt: '2025-03-01T04:31:00.000Z',
    });
  });

  it('is the same again for the same seed and another one for another', () => {
    const [item] = catalogue.items();
    if (!item) throw new Error('no item');
    expect(changeRow(item, { seed: 1 })).toEqual(changeRow(item, { seed: 1 }));
    const hashes = [1, 2, 3, 4, 5].map((seed) => changeRow(item, { seed }).contentHash);
    expect(new Set(hashes).size).toBeGreaterThan(1);
  });

  it('cannot be older than the row it follows', () => {
    const [item] = catalogue.items();
    expect(() => item && changeRow(item, { at })).toThrow(RangeError);
  });
});

describe('a changed stock row', () => {
  it('has moved: real and virtual stock by the same quantity, the value with them', () => {
    for (const row of catalogue.stock()) {
      const changed = changeRow(row);
      expect(changed.realStock).not.toBe(row.realStock);
      expect(units(changed.virtualStock) - units(row.virtualStock)).toBe(units(changed.realStock) - units(row.realStock));
      expect(changed.contentHash).toBe(contentHashOf(changed));
      const exact = units(changed.realStock) * units(changed.averageCost);
      const off = units(changed.stockValue) * 10_000n - exact;
      expect(off >= -500_000n && off <= 500_000n).toBe(true);
    }
  });
});
