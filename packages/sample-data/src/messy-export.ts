/** One record of a messy export, as it stands in its file. */
export interface MessyRecord {
  /** With its line ends. */
  bytes: Buffer;
  /** How many lines of the file it takes. */
  lines: number;
  /** What it says; undefined when nobody can read it. A later one of the same key counts. */
  row: MessyRow | undefined;
}

export interface MessyRow {
  sku: string;
  name: string;
  /** As the hub has it. */
  priceExclVat: string;
}

/** A file of a messy export. */
export interface MessyFile {
  name: string;
  records: () => Generator<MessyRecord>;
}

const HEADER = 'CODART;LIB1;DESCRIPTIF;PVHT\r\n';
const BYTE_ORDER_MARK = '\ufeff';
/** Of so many articles the second file repeats one. */
const REPEATED = 40;

/**
 * Two files as an old ERP leaves them: one in Windows-1252, and one in UTF-8 with a byte order mark, of changes, whose last line is cut
 * off. Semicolons, decimal commas, keys that come again, stray and unclosed quotes, missing columns, prices that are none, bytes
 * that mean nothing. The same for the same number of articles; 500,000 are 100 MB.
 */
export function messyExport(articles: number): MessyFile[] {
  return [
    {
      name: 'articles-1.csv',
      *records() {
        yield { bytes: Buffer.from(HEADER), lines: 1, row: undefined };
        for (let at = 0; at < articles; at++) yield article(at);
      },
    },
    {
      name: 'articles-2.csv',
      *records() {
        yield { bytes: Buffer.from(BYTE_ORDER_MARK + HEADER), lines: 1, row: undefined };
        for (let at = 0; at < articles; at += REPEATED) yield good(skuOf(at), `${nameOf(at)} ✓`, at + 7, 'neuf', 'utf-8');
        yield { bytes: Buffer.from(`${skuOf(1)};Crème brû`), lines: 1, row: undefined };
      },
    },
  ];
}

/** Where what cannot be read begins, as `articles-1.csv line 17`. */
export function* wrongPlaces({ name, records }: MessyFile): Generator<string> {
  let line = 0;
  for (const record of records()) {
    if (record.row === undefined && line > 0) yield `${name} line ${line + 1}`;
    line += record.lines;
  }
}

/** The last row of each key, over all files. */
export function rowsOf(files: readonly MessyFile[]): Map<string, MessyRow> {
  const rows = new Map<string, MessyRow>();
  for (const { records } of files) for (const { row } of records()) if (row !== undefined) rows.set(row.sku, row);
  return rows;
}

const skuOf = (at: number) => `ART-${String(at).padStart(7, '0')}`;
const nameOf = (at: number) => `Crème brûlée n° ${at} – œufs à 3 €`;
const TEXT = 'Préparé à la façon d’antan; à conserver au frais. ';

/** What is the matter with a line comes round by primes, so that everything meets everything. */
function article(at: number): MessyRecord {
  const [sku, name, text] = [skuOf(at), nameOf(at), TEXT.repeat(1 + (at % 5))];
  if (at % 97 === 5) return bad(`${sku};${name}`);
  if (at % 101 === 7) return bad(`${sku};Planche 12" en chêne;"${text}";${at},50`);
  if (at % 103 === 9) return bad(`${sku};"${name};${at},50`);
  if (at % 107 === 11) return bad(`${sku};${name};"${text}";${at % 2 === 0 ? 'sur devis' : '12.5'}`);
  if (at % 109 === 13) return bad(`;${name};"${text}";${at},50`);
  if (at % 113 === 17) return good(skuOf(at - 17), `${name} bis`, at, text);
  if (at % 127 === 19) return good(sku, name, at, `${text}\r\n"${text}"`);
  if (at % 131 === 23) return bad(`${sku};${name} \u0081;"${text}";${at},50`);
  return good(sku, name, at, text);
}

function bad(line: string): MessyRecord {
  return { bytes: encode(`${line}\r\n`), lines: 1, row: undefined };
}

function good(sku: string, name: string, price: number, text: string, encoding: 'windows-1252' | 'utf-8' = 'windows-1252'): MessyRecord {
  const line = `${sku};${name};"${text.replaceAll('"', '""')}";${grouped(price)},50\r\n`;
  const row = { sku, name, priceExclVat: `${price}.5` };
  return { bytes: encoding === 'utf-8' ? Buffer.from(line) : encode(line), lines: line.split('\n').length - 1, row };
}

/** 12 345. */
const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

/** Where Windows-1252 is not Latin-1, of what is used here. */
const WINDOWS = new Map([
  ['€', 0x80],
  ['’', 0x92],
  ['–', 0x96],
  ['œ', 0x9c],
]);

function encode(text: string): Buffer {
  return Buffer.from(
    text.replace(/[€’–œ]/g, (letter) => String.fromCharCode(WINDOWS.get(letter) ?? 0)),
    'latin1',
  );
}
