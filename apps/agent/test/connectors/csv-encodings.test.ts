import iconv from 'iconv-lite';
import { CsvFolder, inShort, ITEM_FIELDS, readAll } from './support/csv-folder';

let folder: CsvFolder;
beforeEach(async () => (folder = await CsvFolder.create()));
afterEach(() => folder.remove());

const TEXT = 'sku;name\r\nA1;Crème brûlée\r\nA2;Œufs à 3 €\r\n';
const EXPECTED = ['A1=Crème brûlée', 'A2=Œufs à 3 €'];
const bom = (encoding: string) => iconv.encode(TEXT, encoding, { addBOM: true });

describe('a CSV file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', bom('utf-8')],
    ['UTF-16 little-endian with one', bom('utf-16le')],
    ['UTF-16 big-endian with one', bom('utf-16be')],
    ['UTF-16 little-endian without', iconv.encode(TEXT, 'utf-16le')],
    ['UTF-16 big-endian without', iconv.encode(TEXT, 'utf-16be')],
    ['Windows-1252', iconv.encode(TEXT, 'windows-1252')],
  ])('is recognised as %s', async (_, bytes) => {
    await folder.write('articles.csv', bytes);
    expect(inShort((await readAll(folder.items())).records)).toEqual(EXPECTED);
  });

  it.each(['cp850', 'iso-8859-15', 'UTF-16LE'])('is read in %s when that is said', async (encoding) => {
    const text = 'sku;name\nA1;Crème brûlée\n';
    await folder.write('articles.csv', iconv.encode(text, encoding));
    expect(inShort((await readAll(folder.items({ encoding }))).records)).toEqual(['A1=Crème brûlée']);
  });

  it.each(['utf-7', 'utf-32', 'base64', 'klingon'])('is not read in %s: lines could not be told apart', (encoding) => {
    expect(() => folder.items({ encoding })).toThrow(/source.entities.items.encoding: is no encoding that can be read: take "auto"/);
  });

  it('stays UTF-8 when one of its lines is damaged, and loses that line alone', async () => {
    const damaged = Buffer.concat([Buffer.from('sku;name\nA1;Crème\nA2;'), Buffer.from([0xe9, 0x74]), Buffer.from('\nA3;Pâté\n')]);
    await folder.write('articles.csv', damaged);
    expect(inShort((await readAll(folder.items())).records)).toEqual([
      'A1=Crème',
      '! articles.csv line 3: holds bytes that are not utf-8',
      'A3=Pâté',
    ]);
  });

  it('loses only the lines whose bytes mean nothing, in every encoding', async () => {
    await folder.write('articles.csv', Buffer.from('sku;name\nA1;a\nA2;\x81\nA3;\xe9\n', 'latin1'));
    expect(inShort((await readAll(folder.items())).records)).toEqual([
      'A1=a',
      '! articles.csv line 3: holds bytes that are not windows-1252',
      'A3=é',
    ]);
    const odd = Buffer.concat([iconv.encode('sku;name\nA1;a\nA2;b', 'utf-16le', { addBOM: true }), Buffer.from([0x00, 0xd8, 0x41])]);
    await folder.write('articles.csv', odd);
    expect(inShort((await readAll(folder.items())).records)).toEqual(['A1=a', '! articles.csv line 3: holds bytes that are not utf-16le']);
  });

  it('that was filled up with NUL bytes by a crash is read as far as it was written', async () => {
    await folder.write('articles.csv', `sku;name\nA1;a\nA2;${'\0'.repeat(600_000)}\nA3;c\n`);
    const records = inShort((await readAll(folder.items({ encoding: 'utf-8' }))).records);
    expect(records).toEqual(['A1=a', expect.stringMatching(/^! articles.csv line 3: (holds NUL|is longer than)/), 'A3=c']);
  });

  it('may end its lines with CRLF, LF and CR, also mixed, across blocks of reading', async () => {
    const lines = Array.from({ length: 60_000 }, (_, place) => `A${place};n${'x'.repeat(place % 40)}`);
    const ends = ['\r\n', '\n', '\r'];
    await folder.write('articles.csv', `sku;name\r\n${lines.map((line, place) => line + ends[place % 3]).join('')}`);
    const { records } = await readAll(folder.items());
    expect(records).toHaveLength(60_000);
    expect(inShort(records.slice(-1))).toEqual([lines.at(-1)?.replace(';', '=')]);
    expect(records.every(({ kind }) => kind === 'row')).toBe(true);
  });

  it('is counted in lines as they are, also where a block of reading ends between CR and LF', async () => {
    const start = 'sku;name\r\nA1;';
    const name = 'x'.repeat(512 * 1024 - 1 - start.length);
    await folder.write('articles.csv', `${start}${name}\r\nA2;b\r\nA3\r\n`);
    expect(inShort((await readAll(folder.items())).records).slice(1)).toEqual([
      'A2=b',
      '! articles.csv line 4: has 1 columns instead of 2',
    ]);
  });

  it('with NUL bytes in a line loses that line', async () => {
    await folder.write('articles.csv', 'sku;name\nA1;a\nA2;b\0\nA3;c\n');
    expect(inShort((await readAll(folder.items())).records)).toEqual(['A1=a', expect.stringContaining('line 3: holds NUL bytes'), 'A3=c']);
  });

  it('may have lines that are far too long, and goes on behind them', async () => {
    const long = 'x'.repeat(1_500_000);
    await folder.write('articles.csv', `sku;name\nA1;a\nA2;${long}\nA3;${'y'.repeat(300_000)}\nA4;${long}`);
    const records = inShort((await readAll(folder.items())).records).map((record) => record.slice(0, 40));
    expect(records).toEqual([
      'A1=a',
      '! articles.csv line 3: is longer than 52',
      `A3=${'y'.repeat(37)}`,
      '! articles.csv line 5: is longer than 52',
    ]);
  });

  it.each([
    [';', 'sku;name\nA1;a,b|c\n', 'A1=a,b|c'],
    [',', 'sku,name,x;y\nA1,a,1\n', 'A1=a'],
    ['tab', 'sku\tname\nA1\ta;b\n', 'A1=a;b'],
    ['|', 'sku|name\nA1|a\n', 'A1=a'],
    ['a hint for spreadsheets', 'sep=|\nsku|name\nA1|a\n', 'A1=a'],
  ])('parted by %s is recognised', async (_, text, row) => {
    await folder.write('articles.csv', text);
    expect(inShort((await readAll(folder.items())).records)).toEqual([row]);
  });

  it('may have no header, other quotes, lines before the table, and comments', async () => {
    await folder.write('articles.csv', "Export du 1er\n\n# x\nA1;'a;b'\nA2;'c\nA3;d\n");
    const fields = { ...ITEM_FIELDS, sku: 1, name: 2 };
    const connector = folder.items({ header: false, columns: 2, quote: "'", skipLines: 1, comment: '#', fields });
    expect(inShort((await readAll(connector)).records)).toEqual(['A1=a;b', expect.stringContaining('! articles.csv line 5'), 'A3=d']);
    await folder.write('articles.csv', 'sku;name\nA1;12" pipe\n');
    expect(inShort((await readAll(folder.items({ quote: 'none' }))).records)).toEqual(['A1=12" pipe']);
  });

  it('without a header needs to be told how many columns there are', () => {
    expect(() => folder.items({ header: false })).toThrow(/items.columns: must say how many columns a line has/);
  });
});
