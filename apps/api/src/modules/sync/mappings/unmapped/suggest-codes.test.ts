import { fold, suggestCodes, type BarcodeHint, type Comparable } from './suggest-codes';

const known = (entries: (Partial<Comparable> & { code: string; restoCode: string })[]) =>
  entries.map((entry) => fold({ type: 'unit', restoLabel: `Label ${entry.restoCode}`, vatRate: null, own: false, uses: 1, ...entry }));
const reasons = (code: string, entries: Parameters<typeof known>[0], hints: BarcodeHint[] = []) =>
  suggestCodes(code, known(entries), hints).map(({ restoCode, because }) => [restoCode, because]);

describe('suggestCodes', () => {
  it('puts the stronger reasons first', () => {
    const found = reasons(
      'CARTON',
      [
        { code: 'CARTONS', restoCode: 'NEAR' },
        { code: 'K9', restoCode: 'LABEL', restoLabel: 'Carton' },
        { code: 'carton', restoCode: 'CODE' },
        { code: 'ZZZ', restoCode: 'OTHER' },
      ],
      [{ restoCode: 'BARCODE', restoLabel: 'Barcode', vatRate: null, uses: 3 }],
    );
    expect(found).toEqual([
      ['CODE', 'same_code'],
      ['LABEL', 'same_label'],
      ['BARCODE', 'same_barcode'],
      ['NEAR', 'near_code'],
    ]);
  });

  it('takes the Resto code itself for the same code', () => {
    expect(reasons('box', [{ code: 'B9', restoCode: 'BOX' }])).toEqual([['BOX', 'same_code']]);
  });

  it('names a Resto code once, with its own vendor’s label before any other', () => {
    const entries = known([
      { code: 'bx', restoCode: 'BOX', restoLabel: 'theirs', uses: 40 },
      { code: 'Bx', restoCode: 'BOX', restoLabel: 'ours', own: true },
    ]);
    expect(suggestCodes('BX', entries, [])).toEqual([{ restoCode: 'BOX', restoLabel: 'ours', vatRate: null, because: 'same_code' }]);
  });

  it('prefers what more vendors use, and stops at five', () => {
    const entries = Array.from({ length: 9 }, (_, i) => ({ code: 'bx', restoCode: `R${i}`, uses: i }));
    expect(reasons('BX', entries).map(([restoCode]) => restoCode)).toEqual(['R8', 'R7', 'R6', 'R5', 'R4']);
  });

  it('finds a label for the VAT of an item, which has none', () => {
    const hint = { restoCode: 'FR-5.5', restoLabel: null, vatRate: '5.5', uses: 1 };
    expect(suggestCodes('T9', known([{ code: 'X', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %' }]), [hint])).toEqual([
      { restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5', because: 'same_barcode' },
    ]);
    expect(suggestCodes('T9', [], [hint])[0]?.restoLabel).toBe('FR-5.5');
  });

  it('shows nothing but marketplace vocabulary', () => {
    const [suggestion] = suggestCodes('BX', known([{ code: 'SECRET-BX'.slice(7), restoCode: 'BOX' }]), []);
    expect(Object.keys(suggestion ?? {}).sort()).toEqual(['because', 'restoCode', 'restoLabel', 'vatRate']);
  });

  it('compares a code of punctuation with nothing but itself', () => {
    expect(reasons('--', [{ code: '...', restoCode: 'DOTS' }])).toEqual([]);
    expect(reasons('--', [{ code: '--', restoCode: 'DASHES' }])).toEqual([['DASHES', 'same_code']]);
  });
});
