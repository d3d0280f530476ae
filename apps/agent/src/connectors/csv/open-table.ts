import type { CsvFormat } from './csv-format';
import { detectDelimiter, type WantedColumns } from './records/detect-delimiter';
import { RecordReader, type ReadRecord } from './records/record-reader';
import { scanRecord } from './records/scan-record';
import { detectEncoding } from './text/detect-encoding';
import type { Line } from './text/line';
import type { OpenFile } from './text/read-blocks';
import { readLines } from './text/read-lines';
import { textEncoding } from './text/text-encoding';

/** The columns of a file and its records, many at a time. */
export interface Table {
  columns: readonly string[];
  records: AsyncGenerator<ReadRecord[]>;
}

/** Why no line of a file can be read, in words that follow its name. */
export class TableError extends Error {
  override name = 'TableError';
}

/** Looks at the beginning of a file, and finds out what `auto` stands for. @throws TableError */
export async function openTable(file: OpenFile, format: CsvFormat, wanted: WantedColumns, signal?: AbortSignal): Promise<Table> {
  const encoding =
    format.encoding === 'auto'
      ? await detectEncoding(file, signal)
      : (textEncoding(format.encoding) ?? (await detectEncoding(file, signal)));
  const blocks = readLines(file, encoding, signal);
  const isTable = (line: Line) =>
    line.number > format.skipLines && line.text.trim() !== '' && (format.comment === undefined || !line.text.startsWith(format.comment));

  let start: Line[] = [];
  while (start.length === 0) {
    const { done, value } = await blocks.next();
    if (done === true) break;
    const first = value.findIndex((line) => isTable(line) || line.fault !== undefined);
    if (first >= 0) start = value.slice(first);
  }
  const hint = /^sep=(.)$/i.exec(start[0]?.text ?? '')?.[1];
  if (hint !== undefined) start = start.slice(1);

  const quote = format.quote === 'none' ? undefined : format.quote;
  const count = format.header ? undefined : format.columns;
  const delimiter =
    format.delimiter === 'auto' ? (hint ?? detectDelimiter(start, quote, { names: wanted.names, count })) : format.delimiter;
  const header = format.header ? headerOf(start, delimiter, quote) : { columns: numbered(format.columns ?? 0), end: -1 };
  const { comment, wholeLastLine } = format;
  const reader = new RecordReader({ delimiter, quote, columns: header.columns.length, comment, wholeLastLine });
  return { columns: header.columns, records: recordsOf(reader, start.slice(header.end + 1), blocks) };
}

const numbered = (count: number) => Array.from({ length: count }, (_, place) => String(place + 1));

function headerOf(lines: readonly Line[], delimiter: string, quote: string | undefined): { columns: readonly string[]; end: number } {
  const [first] = lines;
  if (first === undefined) throw new TableError('is empty, without even a line that names the columns');
  if (first.fault !== undefined) throw new TableError(`line ${first.number}, which should name the columns, ${first.fault}`);
  const scan = scanRecord(lines, 0, { delimiter, quote });
  if (scan.kind !== 'record') throw new TableError(`line ${first.number}, which should name the columns: ${scan.problem}`);
  return { columns: scan.cells, end: scan.end };
}

async function* recordsOf(reader: RecordReader, start: readonly Line[], blocks: AsyncGenerator<Line[]>): AsyncGenerator<ReadRecord[]> {
  yield reader.read(start, false);
  for await (const lines of blocks) yield reader.read(lines, false);
  yield reader.read([], true);
}
