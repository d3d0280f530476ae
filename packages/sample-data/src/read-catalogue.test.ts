import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHashOf } from '@repo/contracts/content-hash';
import { MAPPING_FILE, readCatalogue, type CatalogueMapping, type FileCatalogue } from './read-catalogue';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (file: string, content: string | Buffer) => writeFile(join(folder, file), content);

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

async function only(mapping?: CatalogueMapping): Promise<FileCatalogue> {
  const catalogues = await readCatalogue(folder, mapping ? { mapping } : {});
  expect(catalogues).toHaveLength(1);
  return catalogues[0] as FileCatalogue;
}

const items = (file: string, more: object = {}): CatalogueMapping => ({
  vendor: 'acme',
  items: [{ file, fields: { sku: 'code', name: 'name', erpUnitCode: { constant: 'PCE' }, erpVatCode: { constant: 'T1' } }, ...more }],
});

describe('reading CSV files', () => {
  it('keeps values as they are: quotes, line breaks, blanks, leading zeros', async () => {
    await put('a.csv', 'code,name\n0003,"Crème ""brûlée"", 6×90 g"\n0003 ,"two\nlines"\ndupx,  Œufs  \n');
    const rows = await collect((await only(items('a.csv'))).items());
    expect(rows.map(({ sku, name }) => [sku, name])).toEqual([
      ['0003', 'Crème "brûlée", 6×90 g'],
      ['0003 ', 'two\nlines'],
      ['dupx', '  Œufs  '],
    ]);
    expect(rows[0]).toMatchObject({ erpUnitCode: 'PCE', erpVatCode: 'T1', lastSyncedAt: '2020-01-01T00:00:00.000Z' });
    expect(rows.map((row) => row.contentHash)).toEqual(rows.map(contentHashOf));
  });

  it('reads other delimiters, line ends and encodings', async () => {
    await put('a.csv', Buffer.from('code;name\r\n1;"Cr\xe8me; \x9cufs 3 \x80"\r\n', 'latin1'));
    const rows = await collect((await only(items('a.csv', { delimiter: ';', encoding: 'windows-1252' }))).items());
    expect(rows.map((row) => row.name)).toEqual(['Crème; œufs 3 €']);
    await put('b.csv', Buffer.from('\ufeffcode,name\n1,Pâté\n', 'utf16le'));
    const wide = await collect((await only(items('b.csv', { encoding: 'utf-16le' }))).items());
    expect(wide.map((row) => row.name)).toEqual(['Pâté']);
  });

  it('passes on rows that the hub will refuse, and duplicates', async () => {
    const long = 'x'.repeat(300);
    await put('a.csv', `code,name\n,nameless code\n1,\n1,twice\n2,${long}\n`);
    const rows = await collect((await only(items('a.csv'))).items());
    expect(rows.map(({ sku, name }) => [sku, name])).toEqual([
      ['', 'nameless code'],
      ['1', ''],
      ['1', 'twice'],
      ['2', long],
    ]);
  });

  it('can be read twice, and stopped in the middle', async () => {
    await put('a.csv', `code,name\n${Array.from({ length: 20_000 }, (_, n) => `${n},n`).join('\n')}\n`);
    const catalogue = await only(items('a.csv'));
    for await (const row of catalogue.items()) if (row.sku === '10') break;
    expect(await collect(catalogue.items())).toHaveLength(20_000);
  });

  it.each([
    ['a record with a cell too many', 'code,name\n1,a\n2,b,c\n', /a\.csv/],
    ['bytes that are not of the encoding', Buffer.from('code,name\n1,Cr\xe8me\n', 'latin1'), /a\.csv as utf-8/],
    ['a quote that never ends', 'code,name\n1,"a\n', /a\.csv/],
  ])('stops at %s', async (_what, content, message) => {
    await put('a.csv', content);
    await expect(only(items('a.csv')).then((catalogue) => collect(catalogue.items()))).rejects.toThrow(message);
  });
});

describe('the mapping', () => {
  it('has constants, prefixes, defaults, look-ups, joins, times and decimal commas', async () => {
    await put('a.csv', 'id,brand,price,time,state,pack\n7,Ombreval,"1234,50",1500000000,A,6x90\n8,,n/a,later,Z,\n');
    const mapping: CatalogueMapping = {
      vendor: 'acme',
      items: [
        {
          file: 'a.csv',
          fields: {
            sku: { column: 'id', prefix: 'AC-' },
            name: { concat: ['brand', { constant: ' ' }, { column: 'pack', default: 'en vrac' }] },
            brand: { column: 'brand', default: 'sans marque' },
            priceExclVat: { column: 'price', as: 'decimalComma' },
            lastSyncedAt: { column: 'time', as: 'unixTime' },
            isActive: { column: 'state', lookup: { A: true, B: false } },
            erpUnitCode: { column: 'pack', lookup: { '6x90': 'COL' }, default: 'PCE' },
            erpVatCode: { constant: 'T1' },
            attributes: { object: { pack: 'pack', brand: { column: 'brand' } } },
          },
        },
      ],
    };
    const rows = await collect((await only(mapping)).items());
    expect(rows).toMatchObject([
      {
        sku: 'AC-7',
        name: 'Ombreval 6x90',
        brand: 'Ombreval',
        priceExclVat: '1234.50',
        lastSyncedAt: '2017-07-14T02:40:00.000Z',
        isActive: true,
        erpUnitCode: 'COL',
        attributes: { pack: '6x90', brand: 'Ombreval' },
      },
      {
        sku: 'AC-8',
        name: ' en vrac',
        brand: 'sans marque',
        priceExclVat: 'n/a',
        lastSyncedAt: 'later',
        isActive: 'Z',
        erpUnitCode: 'PCE',
        attributes: {},
      },
    ]);
  });

  it('stands beside the files, and may hold several vendors and all four entities', async () => {
    await put('stock.csv', 'id,place,qty,family\n1,W1,5,F1\n2,W1,-2,F1\n');
    const vat = { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-20', restoLabel: '20 %', vatRate: '20' };
    const full = {
      vendor: 'acme',
      mappings: [
        { rows: [vat] },
        {
          file: 'stock.csv',
          fields: { mappingType: { constant: 'family' }, erpCode: 'family', restoCode: 'family', restoLabel: 'family' },
        },
      ],
      warehouses: { rows: [{ erpWarehouseId: 'W1', code: 'W1', name: 'Main' }] },
      stock: {
        file: 'stock.csv',
        fields: { sku: 'id', erpWarehouseId: 'place', realStock: 'qty', virtualStock: 'qty', reservedQuantity: { constant: '0' } },
      },
    };
    await put(MAPPING_FILE, JSON.stringify([full, { vendor: 'other' }]));
    const at = new Date('2024-05-05T00:00:00.000Z');
    const [acme, other] = await readCatalogue(folder, { at });
    expect([acme?.vendor, other?.vendor]).toEqual(['acme', 'other']);
    if (!acme) return;
    expect(await collect(acme.mappings())).toEqual([vat, { mappingType: 'family', erpCode: 'F1', restoCode: 'F1', restoLabel: 'F1' }]);
    expect(await collect(acme.warehouses())).toMatchObject([{ erpWarehouseId: 'W1', lastSyncedAt: at.toISOString() }]);
    expect(await collect(acme.stock())).toMatchObject([
      { sku: '1', realStock: '5' },
      { sku: '2', realStock: '-2', reservedQuantity: '0' },
    ]);
    expect(await collect(acme.items())).toEqual([]);
  });

  const fields = { sku: 'code', name: 'name', erpUnitCode: 'code', erpVatCode: 'code' };
  it.each([
    ['no vendor', {}, /vendor/],
    ['an unknown property', { vendor: 'a', things: [] }, /"things"/],
    ['an unknown field', { vendor: 'a', items: { file: 'a.csv', fields: { ...fields, nmae: 'name' } } }, /items\[0\]\.fields .*"nmae"/],
    ['a required field that is missing', { vendor: 'a', items: { file: 'a.csv', fields: { sku: 'code' } } }, /lacks "name"/],
    [
      'a column that is not there',
      { vendor: 'a', items: { file: 'a.csv', fields: { ...fields, brand: 'marque' } } },
      /a\.csv lacks the column "marque"/,
    ],
    ['a file that is not there', { vendor: 'a', items: { file: 'b.csv', fields } }, /^a: cannot read b\.csv as utf-8 CSV: ENOENT/],
    ['an unknown encoding', { vendor: 'a', encoding: 'klingon', items: { file: 'a.csv', fields } }, /klingon/],
    [
      'an unknown transform',
      { vendor: 'a', items: { file: 'a.csv', fields: { ...fields, name: { column: 'name', as: 'upper' } } } },
      /name\.as/,
    ],
    [
      'a lookup with a prefix',
      { vendor: 'a', items: { file: 'a.csv', fields: { ...fields, name: { column: 'name', prefix: 'x', lookup: {} } } } },
      /lookup/,
    ],
    [
      'a property two rules share',
      { vendor: 'a', items: { file: 'a.csv', fields: { ...fields, name: { constant: 'x', column: 'name' } } } },
      /"column"/,
    ],
  ])('is refused with %s', async (_what, mapping, message) => {
    await put('a.csv', 'code,name\n1,a\n');
    await put(MAPPING_FILE, JSON.stringify(mapping));
    await expect(readCatalogue(folder)).rejects.toThrow(message);
  });

  it('says so when it is no JSON, and when there is neither mapping nor a known data set', async () => {
    await expect(readCatalogue(join(folder, 'nowhere'))).rejects.toThrow(/there is no folder/);
    await expect(readCatalogue(folder)).rejects.toThrow(/has no catalogue\.mapping\.json/);
    await put(MAPPING_FILE, '{');
    await expect(readCatalogue(folder)).rejects.toThrow(/cannot read catalogue\.mapping\.json/);
  });
});

describe('a known data set', () => {
  it('is recognised by file name and header', async () => {
    await put('off_fr_items.csv', 'barcode,product_name\n3000000000007,Miel\n');
    const catalogue = await only();
    expect(catalogue.vendor).toBe('open-food-facts');
    expect(await collect(catalogue.items())).toMatchObject([
      { sku: '3000000000007', name: 'Miel', erpUnitCode: 'PCE', erpVatCode: 'FR-5.5' },
    ]);
  });

  it('is not, when the header is another', async () => {
    await put('off_fr_items.csv', 'code,label\n1,Miel\n');
    await expect(readCatalogue(folder)).rejects.toThrow(/none of the data sets/);
  });
});
