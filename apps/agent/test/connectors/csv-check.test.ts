import { chmod, mkdir } from 'node:fs/promises';
import { openConnector } from '../../src/connectors/open-connector';
import { CsvFolder, ITEM_FIELDS, NEVER } from './support/csv-folder';

let folder: CsvFolder;
beforeEach(async () => (folder = await CsvFolder.create()));
afterEach(() => folder.remove());

const check = (source: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => folder.items(source, more).check(NEVER);

describe('the check of a CSV folder', () => {
  it('finds nothing wrong with what can be read', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\n');
    await mkdir(folder.at('out'));
    expect(await check({}, { orders: { folder: 'out' } })).toEqual([]);
  });

  it('says that the folder is missing', async () => {
    expect(await check({}, { folder: 'nowhere' })).toEqual([
      `the folder ${folder.at('nowhere')} is not there: create it, or correct the configuration`,
    ]);
  });

  it('says that the folder is none', async () => {
    await folder.write('file', '');
    expect(await check({}, { folder: 'file' })).toEqual([`${folder.at('file')} is no folder: correct folder`]);
  });

  it('says that no file fits, and which there are', async () => {
    await folder.write('ARTIKEL.TXT', '');
    expect(await check()).toEqual([`items: no file in ${folder.path} fits articles*.csv: correct files (there is ARTIKEL.TXT)`]);
  });

  it('says which column is missing, and what it may be called', async () => {
    await folder.write('articles.csv', 'sku;name;PRIX_HT\nA1;a;1\n');
    const fields = { ...ITEM_FIELDS, priceExclVat: 'PRIX' };
    expect(await check({ fields })).toEqual(['items: articles.csv cannot be read: column `PRIX` not found: there is `PRIX_HT`']);
  });

  it('says that no line can be read, with the first', async () => {
    await folder.write('articles.csv', 'sku;name;prix\nA1;a;1,5\nA2;a;2,5\n');
    const [problem] = await check({ fields: { ...ITEM_FIELDS, unitPrice: 'prix' } });
    expect(problem).toMatch(
      /^items: no line of articles.csv can be read; articles.csv line 2: unitPrice: .* set number.decimal to "comma"$/,
    );
  });

  it('says that the folder of orders is missing or read-only', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\n');
    const orders = { folder: 'out', acknowledgement: { kind: 'directory', done: 'done' } };
    expect(await check({}, { orders })).toEqual([
      expect.stringMatching(/^orders: the folder .*out is not there: create it/),
      expect.stringMatching(/^orders: the folder .*done is not there: create it/),
    ]);
    if (process.getuid?.() === 0) return;
    await mkdir(folder.at('out'));
    await chmod(folder.at('out'), 0o500);
    expect(await check({}, { orders: { folder: 'out' } })).toEqual([expect.stringContaining('give it the right to')]);
  });
});

describe('the configuration of a source', () => {
  const problems = (source: unknown): string => {
    try {
      openConnector(source, folder.path);
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const csv = (more: Record<string, unknown>) =>
    problems({ kind: 'csv', folder: '.', entities: { items: { files: 'a.csv', fields: ITEM_FIELDS } }, ...more });

  it.each([
    [{ kind: 'xml' }, 'source.kind: kind must be "csv" or "sql"'],
    [{ folder: 3 }, 'source.folder: must be the folder of the files'],
    [{ entities: {} }, 'source.entities: must hold at least one of items, stock, warehouses'],
    [{ colour: 'red' }, 'source.colour: there is no such setting'],
    [
      { entities: { items: { files: '../a.csv', fields: ITEM_FIELDS } } },
      'source.entities.items.files: must be the name of a file in the folder',
    ],
    [
      { entities: { items: { files: 'a.csv', fields: ITEM_FIELDS, delimiter: ';;' } } },
      'source.entities.items.delimiter: must be "auto", "comma"',
    ],
    [
      { entities: { items: { files: 'a.csv', fields: ITEM_FIELDS, separator: ';' } } },
      'source.entities.items.separator: there is no such setting',
    ],
    [{ orders: { folder: 'out', file: { format: 'xml' } } }, 'source.orders.file.format: format must be "csv" or "json"'],
    [
      { orders: { folder: 'out', file: { format: 'csv', columns: { A: 'line.price' } } } },
      'source.orders.file.columns.A: must be one of jobId, id, orderNumber',
    ],
    [
      { orders: { folder: 'out', acknowledgement: { kind: 'file', folder: 'in', pattern: 'ack.csv' } } },
      'pattern: must hold {name}, or orderColumn',
    ],
  ])('is refused with the setting and what to do: %j', (more, problem) => {
    expect('kind' in more ? problems(more) : csv(more)).toContain(problem);
  });
});
