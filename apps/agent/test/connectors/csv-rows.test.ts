import { appendFile, rename, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import iconv from 'iconv-lite';
import { SourceError, type SourceRecord } from '../../src/connectors/connector';
import { CsvFolder, inShort, ITEM_FIELDS, NEVER, readAll, readKeys } from './support/csv-folder';

let folder: CsvFolder;
beforeEach(async () => (folder = await CsvFolder.create()));
afterEach(() => folder.remove());

describe('rows of CSV files', () => {
  it('are read from Windows-1252 with semicolons and decimal commas', async () => {
    const text = 'CODART;LIB1;PVHT;DATMODIF;SOMMEIL\r\nA1;Pâté;1 234,50;31/01/2026;N\r\nA2;Thé;12.5;31/01/2026;O\r\n';
    await folder.write('articles.csv', iconv.encode(text, 'windows-1252'));
    const connector = folder.items({
      fields: {
        ...ITEM_FIELDS,
        sku: 'CODART',
        name: 'LIB1',
        priceExclVat: 'PVHT',
        erpUpdatedAt: 'DATMODIF',
        isActive: { column: 'SOMMEIL', boolean: { true: ['N'], false: ['O'] } },
      },
      cells: { number: { decimal: 'comma', thousands: 'space' }, time: { format: 'dd/MM/yyyy', zone: 'Europe/Paris' } },
    });
    const { records } = await readAll(connector);
    expect(records).toEqual([
      {
        kind: 'row',
        row: {
          sku: 'A1',
          name: 'Pâté',
          erpUnitCode: 'PCE',
          erpVatCode: '1',
          priceExclVat: '1234.5',
          erpUpdatedAt: '2026-01-30T23:00:00Z',
          isActive: true,
        },
        changedAt: new Date('2026-01-30T23:00:00Z'),
      },
      {
        kind: 'bad',
        where: 'articles.csv line 3',
        key: 'A2',
        problem:
          'priceExclVat: "12.5" is not a number with a decimal comma and space between thousands: for a decimal point set number.decimal to "point"',
      },
    ]);
  });

  it('that are bad are told with their line, and the others come', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\n;b\nA3\n"A4;d\nA5;e\nA6;"f');
    const connector = folder.items();
    expect(inShort((await readAll(connector)).records)).toEqual([
      'A1=a',
      '! articles.csv line 3: sku: nothing in column sku, and every row needs it',
      '! articles.csv line 4: has 1 columns instead of 2',
      '! articles.csv line 5: there is text behind the closing quote of column 1',
      'A5=e',
      '! articles.csv line 7: the quote in column 2 is not closed',
    ]);
    expect(await readKeys(connector)).toEqual({ keys: ['A1', 'A5'], unreadable: 4 });
  });

  it('may have a last line without an end, unless exports always write one', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\nA2;trunc');
    expect(inShort((await readAll(folder.items())).records)).toEqual(['A1=a', 'A2=trunc']);
    expect(inShort((await readAll(folder.items({ wholeLastLine: true }))).records)).toEqual([
      'A1=a',
      '! articles.csv line 3: has no line end: the file ends within it',
    ]);
  });

  it('of one key come all, in their order; asked for by key, the last one comes', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;old\nB1;b\nA1;new\n');
    const connector = folder.items();
    expect(inShort((await readAll(connector)).records)).toEqual(['A1=old', 'B1=b', 'A1=new']);
    expect(inShort(await connector.readRows('items', ['A1', 'nowhere'], NEVER))).toEqual(['A1=new']);
    expect((await readKeys(connector)).keys).toEqual(['A1', 'B1', 'A1']);
  });

  it('that are bad but for their key are found by it', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;\n');
    const [record] = await folder.items().readRows('items', ['A1'], NEVER);
    expect(record).toMatchObject({ kind: 'bad', key: 'A1' });
  });

  it('are not read again while their file is the same', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\n');
    const connector = folder.items();
    const { cursor } = await readAll(connector);
    expect((await readAll(connector, 'items', cursor)).records).toEqual([]);
    // Also by another process with the same configuration, and not under another one.
    expect((await readAll(folder.items(), 'items', cursor)).records).toEqual([]);
    expect((await readAll(folder.items({ cells: { trim: true } }), 'items', cursor)).records).toHaveLength(1);
    await folder.write('articles.csv', 'sku;name\nA1;a\nA2;b\n');
    expect(inShort((await readAll(connector, 'items', cursor)).records)).toEqual(['A1=a', 'A2=b']);
  });

  it('are read again when only the beginning tells that the file is another', async () => {
    const then = new Date('2026-01-01T00:00:00Z');
    await folder.write('articles.csv', 'sku;name\nA1;a\n');
    await utimes(folder.at('articles.csv'), then, then);
    const connector = folder.items();
    const { cursor } = await readAll(connector);
    await folder.write('articles.csv', 'sku;name\nA1;b\n');
    await utimes(folder.at('articles.csv'), then, then);
    expect(inShort((await readAll(connector, 'items', cursor)).records)).toEqual(['A1=b']);
  });

  it('of a full file and of changes come in the order of the files, and only from the first that changed on', async () => {
    await folder.write('delta-01.csv', 'sku;name\nA1;one\n');
    await folder.write('delta-02.csv', 'sku;name\nA1;two\n');
    await folder.write('full.csv', 'sku;name\nA1;full\n');
    const connector = folder.items({ files: ['full.csv', 'delta-*.csv'] });
    const first = await readAll(connector);
    expect(inShort(first.records)).toEqual(['A1=full', 'A1=one', 'A1=two']);
    await folder.write('delta-03.csv', 'sku;name\nA1;three\n');
    const second = await readAll(connector, 'items', first.cursor);
    expect(inShort(second.records)).toEqual(['A1=three']);
    await folder.write('full.csv', 'sku;name\nA1;full again\n');
    expect(inShort((await readAll(connector, 'items', second.cursor)).records)).toEqual(['A1=full again', 'A1=one', 'A1=two', 'A1=three']);
    for (const [name, age] of [
      ['full.csv', 10],
      ['delta-01.csv', 40],
      ['delta-02.csv', 30],
      ['delta-03.csv', 20],
    ] as const)
      await folder.age(name, age);
    expect(inShort((await readAll(folder.items({ files: ['full.csv', 'delta-*.csv'], order: 'time' }))).records)).toEqual([
      'A1=one',
      'A1=two',
      'A1=three',
      'A1=full again',
    ]);
  });

  it('keep the place of the files that are read, file by file', async () => {
    await folder.write('articles1.csv', 'sku;name\nA1;a\n');
    await folder.write('articles2.csv', 'sku;name\nA2;b\n');
    const connector = folder.items();
    const cursors: (string | null)[] = [];
    for await (const { records, cursor } of connector.readChanged('items', null, NEVER)) {
      if (inShort(records)[0] === 'A2=b') break;
      cursors.push(cursor);
    }
    expect(inShort((await readAll(connector, 'items', cursors.at(-1))).records)).toEqual(['A2=b']);
  });

  it('that are written out in the configuration come once', async () => {
    const rows = [{ erpWarehouseId: '1', code: '1', name: 'Dépôt', isMain: true }];
    const connector = folder.connect({ warehouses: { rows } });
    const { records, cursor } = await readAll(connector, 'warehouses');
    expect(records).toEqual([{ kind: 'row', row: rows[0], changedAt: undefined }]);
    expect((await readAll(connector, 'warehouses', cursor)).records).toEqual([]);
    expect(await readKeys(connector, 'warehouses')).toEqual({ keys: ['1'], unreadable: 0 });
    expect(() => folder.connect({ warehouses: { rows: [{ code: '1', name: 'x' }] } })).toThrow(
      /warehouses.rows\[0\].erpWarehouseId: is missing/,
    );
  });
});

describe('files that are being written', () => {
  it('are not picked up before they have been left alone', async () => {
    const connector = folder.items({}, { settleSeconds: 0.15 });
    await folder.write('articles.csv', 'sku;name\nA1;a\nA2');
    let writing = true;
    const export_ = (async () => {
      for (let part = 0; part < 12; part++) {
        await sleep(50);
        await appendFile(folder.at('articles.csv'), part === 0 ? ';b\n' : `B${part};c\n`);
      }
      writing = false;
    })();
    const early = await readAll(connector);
    expect(early.records).toEqual([]);
    expect(writing).toBe(true);
    await expect(readKeys(connector)).rejects.toMatchObject({
      transient: true,
      message: expect.stringContaining('is being written') as string,
    });
    await export_;
    expect((await readAll(connector, 'items', early.cursor)).records).toHaveLength(13);
  });

  it('keep those behind them waiting, which must not be overruled by older rows', async () => {
    const connector = folder.items({}, { settleSeconds: 0.1 });
    await folder.write('articles2.csv', 'sku;name\nA1;new\n');
    const { cursor } = await readAll(connector);
    await folder.write('articles3.csv', 'sku;name\nA1;newest\n');
    await sleep(130);
    const busy = setInterval(() => void appendFile(folder.at('articles1.csv'), 'sku;name\n'), 20);
    await sleep(30);
    const { records } = await readAll(connector, 'items', cursor);
    clearInterval(busy);
    expect(records).toEqual([]);
  });

  it('wait for their marker, which may not be older than the file', async () => {
    const connector = folder.items({ files: '*' }, { marker: '.done' });
    await folder.write('articles.csv', 'sku;name\nA1;a\n');
    expect((await readAll(connector)).records).toEqual([]);
    expect(await connector.check(NEVER)).toEqual([expect.stringContaining('articles.csv has no marker articles.csv.done')]);
    await folder.write('articles.csv.done', '');
    await folder.age('articles.csv.done');
    expect((await readAll(connector)).records).toEqual([]);
    await folder.write('articles.done', '');
    expect((await readAll(connector)).records).toHaveLength(1);
  });

  it.each(['another takes their name', 'they are written to'])('are read again from the start when %s while they are read', async (how) => {
    const many = Array.from({ length: 40_000 }, (_, place) => `A${place};old\n`).join('');
    await folder.write('articles.csv', `sku;name\n${many}`);
    const connector = folder.items();
    const records: SourceRecord[] = [];
    let parts = 0;
    let last: string | null = null;
    for await (const part of connector.readChanged('items', null, NEVER)) {
      if (parts++ === 2) {
        await folder.write('new.tmp', 'sku;name\nA1;new\n');
        if (how.startsWith('another')) await rename(folder.at('new.tmp'), folder.at('articles.csv'));
        else await appendFile(folder.at('articles.csv'), 'A1;new\n');
      }
      records.push(...part.records);
      last = part.cursor;
    }
    expect(inShort(records.slice(-1))).toEqual(['A1=new']);
    expect(inShort(records.filter((record) => inShort([record])[0] === 'A0=old'))).toHaveLength(how.startsWith('another') ? 1 : 2);
    expect((await readAll(connector, 'items', last)).records).toEqual([]);
  });

  it('that are replaced again and again are left for later', async () => {
    const many = Array.from({ length: 20_000 }, (_, place) => `A${place};a\n`).join('');
    await folder.write('articles.csv', `sku;name\n${many}`);
    const reading = (async () => {
      for await (const _ of folder.items().readChanged('items', null, NEVER)) await appendFile(folder.at('articles.csv'), 'B;b\n');
    })();
    await expect(reading).rejects.toMatchObject({ transient: true, message: 'articles.csv is written again and again while it is read' });
  });
});

describe('a source that is not all there', () => {
  it('gives no keys rather than too few', async () => {
    await expect(readKeys(folder.items())).rejects.toThrow(SourceError);
    await expect(folder.items().readRows('items', ['A1'], NEVER)).rejects.toMatchObject({ transient: true });
    expect((await readAll(folder.items())).records).toEqual([]);
  });

  it('is told when a file has other columns, and later files wait', async () => {
    await folder.write('articles1.csv', 'sku;nom\nA1;a\n');
    await folder.write('articles2.csv', 'sku;name\nA2;b\n');
    await expect(readAll(folder.items())).rejects.toMatchObject({
      transient: false,
      message: 'articles1.csv cannot be read: column `name` not found: there is `sku`, `nom`',
    });
  });

  it('is told when a file is empty', async () => {
    await folder.write('articles.csv', '');
    await expect(readKeys(folder.items())).rejects.toThrow('articles.csv is empty, without even a line that names the columns');
  });
});

describe('a folder', () => {
  it('tells within moments that something has changed, and that nothing has', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\n');
    const connector = folder.items({}, { settleSeconds: 0.05, pollSeconds: 60 });
    const stop = new AbortController();
    expect(await connector.changed?.(stop.signal)).toEqual(['items']);
    await readAll(connector);
    const waiting = connector.changed?.(stop.signal);
    expect(await Promise.race([waiting, sleep(400, 'silence')])).toBe('silence');
    await folder.write('articles.csv', 'sku;name\nA1;a\nA2;b\n');
    expect(await Promise.race([waiting, sleep(2000, 'silence')])).toEqual(['items']);
    await readAll(connector);
    const last = connector.changed?.(stop.signal);
    stop.abort();
    expect(await last).toEqual([]);
  });

  it('that the system does not watch is looked at every so often, also when it comes later', async () => {
    const connector = folder.connect({ items: { files: '*.csv', fields: ITEM_FIELDS } }, { folder: 'later', pollSeconds: 0.1 });
    const waiting = connector.changed?.(NEVER);
    // Long enough for it to have found nothing to watch.
    await sleep(300);
    await rename((await CsvFolder.create()).path, folder.at('later'));
    expect(await Promise.race([waiting, sleep(400, 'silence')])).toBe('silence');
    await folder.write('later/articles.csv', 'sku;name\nA1;a\n');
    expect(await Promise.race([waiting, sleep(2000, 'silence')])).toEqual(['items']);
  });
});
