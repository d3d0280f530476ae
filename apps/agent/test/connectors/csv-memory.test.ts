import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CsvFolder, ITEM_FIELDS, NEVER } from './support/csv-folder';

// A million rows take a minute: MILLION_ROWS=1 reads them.
const ROWS = process.env['MILLION_ROWS'] === undefined ? 60_000 : 1_000_000;
const MOST_GROWTH = 24 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is still held, once what is not needed any more is gone. */
function held(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function* lines() {
  yield 'sku;name;description;price\r\n';
  for (let row = 0; row < ROWS; row++)
    yield `SKU-${row};Crème brûlée n° ${row};"${'Une description; assez longue. '.repeat(8)}";${row},50\r\n`;
}

it(`reads ${ROWS} rows in memory that does not grow`, async () => {
  const folder = await CsvFolder.create();
  try {
    await pipeline(Readable.from(lines()), createWriteStream(folder.at('articles.csv')));
    const number = { decimal: 'comma' };
    const connector = folder.items({ fields: { ...ITEM_FIELDS, description: 'description', unitPrice: { column: 'price', number } } });
    let rows = 0;
    let parts = 0;
    let most = 0;
    const before = held();
    for await (const { records } of connector.readChanged('items', null, NEVER)) {
      rows += records.length;
      expect(records.every(({ kind }) => kind === 'row')).toBe(true);
      if (parts++ % Math.ceil(ROWS / 10_000) === 0) most = Math.max(most, held() - before);
    }
    expect(rows).toBe(ROWS);
    expect(most).toBeLessThan(MOST_GROWTH);
  } finally {
    await folder.remove();
  }
}, 600_000);
