import type { Entity } from '@repo/contracts/primitives';
import { z } from 'zod';
import { compileRow } from './compile-row';
import { mappingShape } from './row-mapping';

const COLUMNS = ['CODART', 'LIB1', 'LIB2', 'PVHT', 'SOMMEIL', 'PAYS', 'Unité '];
const NEEDED = { sku: 'CODART', name: 'LIB1', erpUnitCode: { constant: 'PCE' }, erpVatCode: { constant: '1' } };
const schema = (entity: Entity) => z.strictObject(mappingShape(entity));

function readerOf(fields: Record<string, unknown>, cells = {}, columns: readonly string[] = COLUMNS) {
  return compileRow('items', schema('items').parse({ fields: { ...NEEDED, ...fields }, cells }), columns);
}

function rowOf(fields: Record<string, unknown>, record: unknown[], cells = {}) {
  const reader = readerOf(fields, cells);
  if (!('read' in reader)) throw new Error(reader.problems.join());
  return reader.read(record);
}

const fault = (entity: Entity, fields: unknown) =>
  schema(entity)
    .safeParse({ fields })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n');

describe('a mapping', () => {
  it('reads each field as the contract wants it', () => {
    const { row, problem, key } = rowOf(
      {
        name: { template: '{LIB1} {LIB2}', trim: true },
        priceExclVat: { column: 'PVHT', number: { decimal: 'comma' } },
        isActive: { column: 'SOMMEIL', boolean: { true: ['0'], false: ['1'] } },
        originCountryCode: { column: 'PAYS', lookup: { F: 'FR', '0': null }, default: 'XX' },
        erpUnitCode: { column: ['UNITE', 'unité'] },
        brand: 'LIB2',
        attributes: { object: { label: 'LIB1', price: { column: 'PVHT', number: { decimal: 'comma' } }, none: 'LIB2' } },
      },
      ['A1', 'Pain', '', '1,50', '0', 'F', 'KG'],
    );
    expect({ row, problem, key }).toEqual({
      row: {
        sku: 'A1',
        name: 'Pain',
        priceExclVat: '1.5',
        isActive: true,
        originCountryCode: 'FR',
        erpUnitCode: 'KG',
        erpVatCode: '1',
        attributes: { label: 'Pain', price: '1.5' },
      },
      problem: undefined,
      key: 'A1',
    });
  });

  it('keeps text as it is unless it shall be trimmed', () => {
    expect(rowOf({}, ['A1 ', ' Pain']).row).toMatchObject({ sku: 'A1 ', name: ' Pain' });
    expect(rowOf({}, ['A1 ', ' Pain'], { trim: true }).row).toMatchObject({ sku: 'A1', name: 'Pain' });
  });

  it('leaves out what is empty, unless there is a default', () => {
    const record = ['A1', 'Pain', 'NULL', ' '];
    expect(rowOf({ brand: 'LIB2', unitPrice: 'PVHT' }, record, { empty: ['NULL'] }).row).toEqual({ ...rowOf({}, record).row });
    expect(rowOf({ unitPrice: { column: 'PVHT', default: 0 } }, record).row).toMatchObject({ unitPrice: '0' });
    expect(rowOf({ originCountryCode: { column: 'LIB1', lookup: { F: 'FR' }, default: 'XX' } }, record).row).toMatchObject({
      originCountryCode: 'XX',
    });
  });

  it('says what cannot be read, and still gives the key', () => {
    const bad = rowOf({ unitPrice: 'PVHT' }, ['A1', 'Pain', '', '1,5']);
    expect(bad).toMatchObject({ key: 'A1', problem: expect.stringContaining('unitPrice: "1,5" is not a number') as string });
    expect(rowOf({}, [' ', 'Pain'])).toMatchObject({ key: null, problem: 'sku: nothing in column CODART, and every row needs it' });
  });

  it('finds a column by its number, and by a name that differs in case or blanks only', () => {
    expect(rowOf({ brand: 2, description: 'lib1 ' }, ['A1', 'Pain']).row).toMatchObject({ brand: 'Pain', description: 'Pain' });
  });

  it('names what is there like a column that is not', () => {
    const problems = (fields: Record<string, unknown>, columns = COLUMNS) => {
      const reader = readerOf(fields, {}, columns);
      return 'problems' in reader ? reader.problems : [];
    };
    expect(problems({ unitPrice: 'PV' })).toEqual(['column `PV` not found: there is `PVHT`']);
    expect(problems({ unitPrice: ['PRIX', 'PVTH'] })).toEqual(['column `PRIX` or `PVTH` not found: there is `PVHT`']);
    expect(problems({ unitPrice: 'zz' })[0]).toContain('there is `CODART`, `LIB1`');
    expect(problems({}, [...COLUMNS, 'LIB1'])).toEqual(['column LIB1 is there more than once (2 and 8): name it by its number']);
  });

  it('is refused with the field and what to do', () => {
    expect(fault('stock', { sku: 'A', erpWarehouseId: { constant: '1' }, realStock: 'Q', virtualStock: 'Q' })).toBe(
      'fields.reservedQuantity: is missing, and every row needs it: name its column, or give one value to all with { "constant": … }',
    );
    expect(fault('items', { ...NEEDED, prix: 'PV' })).toMatch(/^fields.prix: is no field of items: take one of sku, name/);
    expect(fault('items', { ...NEEDED, unitPrice: { column: 'PV', number: { decimal: ',' } } })).toBe(
      'fields.unitPrice.number.decimal: must be "point" (12.5) or "comma" (12,5)',
    );
    expect(fault('items', { ...NEEDED, unitPrice: { col: 'PV' } })).toMatch(/^fields.unitPrice: must be a column/);
    expect(fault('items', { ...NEEDED, contentHash: 'H' })).toContain('fields.contentHash: is no field of items');
  });
});
