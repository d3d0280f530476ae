import fc from 'fast-check';
import { fastRowReader } from './fast-read';
import { ItemRow } from './rows/item-row';
import { StockRow } from './rows/stock-row';
import { WarehouseRow } from './rows/warehouse-row';
import { microsOf, plainMicros } from './timestamp';

const decimal = fc.oneof(
  fc.constantFrom(
    '12.50',
    '0',
    '-0',
    '-0.5',
    '007',
    '1e5',
    '',
    '.5',
    '5.',
    '12345678901234567890.1234567891',
    '123456789012345678901',
    '-91',
    '90.1',
  ),
  fc.double(),
  fc.integer(),
  fc.stringMatching(/^-?[0-9]{1,22}(\.[0-9]{0,12})?$/),
);
const time = fc.oneof(
  fc.constantFrom(
    '2026-01-31T08:30:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00+02:00',
    '2026-01-01T00:00:00.1234567Z',
    '2026-01-01T00:00:00.Z',
    '1969-12-31T23:59:59Z',
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', 'a', '\u001f', 'é'.repeat(100), '🧀'.repeat(100), 'x'.repeat(256)),
);
const anything = fc.oneof(
  decimal,
  time,
  text,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue(),
  fc.constantFrom('none', 'lot', 'EUR', 'FR', 'storage', 'kg', {}, { a: 1 }, []),
);

describe.each([
  ['items', ItemRow],
  ['stock', StockRow],
  ['warehouses', WarehouseRow],
] as const)('the fast reader of %s', (_name, schema) => {
  const valid: Record<string, unknown> = {
    sku: 'A',
    name: 'n',
    contentHash: 'h',
    lastSyncedAt: '2026-01-01T00:00:00Z',
    erpUnitCode: 'u',
    erpVatCode: 'v',
    erpWarehouseId: 'W',
    code: 'c',
    realStock: '1',
    virtualStock: 2,
    reservedQuantity: '3.10',
  };
  const names = Object.keys(schema.shape);
  const base = Object.fromEntries(Object.entries(valid).filter(([name]) => names.includes(name)));

  it('accepts nothing that the schema refuses, and gives what the schema gives', () => {
    const changes = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.constantFrom('__proto__', 'constructor', 'colour')), anything, {
      maxKeys: 6,
    });
    const dropped = fc.subarray(names, { maxLength: 2 });
    let accepted = 0;
    fc.assert(
      fc.property(changes, dropped, fc.boolean(), (change, drop, dropAny) => {
        const row: Record<string, unknown> = { ...base, ...change };
        if (dropAny) for (const name of drop) delete row[name];
        const judged = schema.safeParse(structuredClone(row));
        const read = structuredClone(row);
        if (!fastRowReader(schema)(read)) return;
        accepted++;
        expect(judged.success).toBe(true);
        expect(read).toEqual(judged.data);
      }),
      { numRuns: 1_500 },
    );
    expect(accepted).toBeGreaterThan(40);
  });

  it('accepts a plainly valid row', () => {
    const row = { ...base };
    expect(fastRowReader(schema)(row)).toBe(true);
    expect(row).toEqual(schema.parse(base));
  });
});

describe('plain times', () => {
  it('are the times that the calendar says', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2255-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 999 }),
        (date, micros) => {
          const iso = `${date.toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
          const plain = plainMicros(iso);
          if (!iso.includes('-02-29T')) expect(plain).toBe(date.getTime() * 1000 + micros);
          expect(microsOf(iso)).toBe(date.getTime() * 1000 + micros);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
