import type { ColumnName } from '../../mapping/field-rule';
import { findColumn } from '../../mapping/find-column';
import type { Line } from '../text/line';
import { scanRecord } from './scan-record';

/** The delimiters that are looked for. */
export const DELIMITERS = [';', ',', '\t', '|'] as const;
const LINES_LOOKED_AT = 20;

/** What is known of the columns of a file before its delimiter is. */
export interface WantedColumns {
  /** The columns that the mapping names: lists of which one must be there. */
  names: readonly (readonly ColumnName[])[];
  /** How many there are, where there is no header line. */
  count: number | undefined;
}

/** The delimiter with which most of the wanted columns are there, or most lines have as many columns as they should. */
export function detectDelimiter(lines: readonly Line[], quote: string | undefined, { names, count }: WantedColumns): string {
  let best: { delimiter: string; score: number } = { delimiter: DELIMITERS[0], score: -1 };
  for (const delimiter of DELIMITERS) {
    const score = count === undefined ? headerScore(delimiter) : countScore(delimiter, count);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;

  function headerScore(delimiter: string): number {
    const header = scanRecord(lines, 0, { delimiter, quote });
    if (header.kind !== 'record') return 0;
    const found = names.filter((candidates) => typeof findColumn(header.cells, candidates.filter(isText)) === 'number').length;
    return found + header.cells.length / 10_000;
  }

  function countScore(delimiter: string, columns: number): number {
    const shown = lines.slice(0, LINES_LOOKED_AT);
    return shown.filter((_, at) => {
      const scan = scanRecord(shown, at, { delimiter, quote });
      return scan.kind === 'record' && scan.cells.length === columns;
    }).length;
  }
}

const isText = (name: ColumnName): name is string => typeof name === 'string';
