import { StoredItem, StoredStock, StoredWarehouse } from '@repo/contracts/operations/read-operations';
import { readRow, SHOWN_COLUMNS, shownTime } from './shown-columns';

const SCHEMAS = { items: StoredItem, stock: StoredStock, warehouses: StoredWarehouse };

describe.each(['items', 'stock', 'warehouses'] as const)('the shown columns of %s', (entity) => {
  it('are the properties of the contract, no more and no fewer', () => {
    const properties = SHOWN_COLUMNS[entity].map(({ property }) => property);
    expect(properties.sort()).toEqual(Object.keys(SCHEMAS[entity].shape).sort());
  });

  it('read as null where the database has null or nothing', () => {
    const columns = SHOWN_COLUMNS[entity];
    const absent = Object.fromEntries(columns.map(({ property }) => [property, null]));
    expect(
      readRow(
        columns,
        columns.map(() => null),
      ),
    ).toEqual(absent);
    expect(readRow(columns, [])).toEqual(absent);
  });
});

it('shows decimals without trailing zeros, and false and empty text as they are', () => {
  const columns = SHOWN_COLUMNS.items;
  const given: Record<string, unknown> = {
    vatRate: '5.5000000000',
    unitPrice: '100.0000000000',
    weight: '0.0000000000',
    isActive: false,
    description: '',
  };
  const row = readRow(
    columns,
    columns.map(({ property }) => given[property] ?? null),
  );
  expect(row).toMatchObject({ vatRate: '5.5', unitPrice: '100', weight: '0', isActive: false, description: '' });
});

it.each([
  ['2026-01-31T08:30:00.000000Z', '2026-01-31T08:30:00.000Z'],
  ['2026-01-31T08:30:00.120000Z', '2026-01-31T08:30:00.120Z'],
  ['2026-01-31T08:30:00.123456Z', '2026-01-31T08:30:00.123456Z'],
  ['2026-01-31T08:30:00.000001Z', '2026-01-31T08:30:00.000001Z'],
  ['2026-01-31T08:30:00.123400Z', '2026-01-31T08:30:00.123400Z'],
])('shows %s as %s', (stored, shown) => {
  expect(shownTime(stored)).toBe(shown);
});
