import { messyExport, rowsOf, wrongPlaces } from '@repo/sample-data/messy-export';
import { CsvFolder, NEVER } from './support/csv-folder';

// `pnpm bench messy` does the same with 100 MB.
const ARTICLES = 3_000;

it('gets every right row of a messy export, and tells each wrong one by its line', async () => {
  const folder = await CsvFolder.create();
  try {
    const files = messyExport(ARTICLES);
    for (const { name, records } of files) await folder.write(name, Buffer.concat([...records()].map(({ bytes }) => bytes)));
    const connector = folder.items({
      wholeLastLine: true,
      fields: {
        sku: 'CODART',
        name: 'LIB1',
        description: 'DESCRIPTIF',
        priceExclVat: 'PVHT',
        erpUnitCode: { constant: 'PCE' },
        erpVatCode: { constant: 'T1' },
      },
      cells: { number: { decimal: 'comma', thousands: 'space' } },
    });
    const rows = new Map<unknown, unknown>();
    const wrong: string[] = [];
    for await (const { records } of connector.readChanged('items', null, NEVER)) {
      for (const record of records) {
        if (record.kind === 'bad') wrong.push(record.where);
        else rows.set(record.row['sku'], { sku: record.row['sku'], name: record.row['name'], priceExclVat: record.row['priceExclVat'] });
      }
    }
    expect(wrong).toEqual(files.flatMap((file) => [...wrongPlaces(file)]));
    expect(wrong.length).toBeGreaterThan(ARTICLES / 25);
    expect(rows).toEqual(rowsOf(files));
  } finally {
    await folder.remove();
  }
});
