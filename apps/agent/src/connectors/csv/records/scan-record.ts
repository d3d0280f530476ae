import type { Line } from '../text/line';

/** The most lines of one record: a quote that is open longer was never closed. */
export const MOST_LINES = 500;

/** What parts cells, and what goes around them where they hold that; `quote` undefined: nothing does. */
export interface Dialect {
  delimiter: string;
  quote: string | undefined;
}

/** What begins at a line: a record up to the line `end`, nothing readable, or one that goes on behind the lines at hand. */
export type Scan = { kind: 'record'; end: number; cells: string[] } | { kind: 'bad'; problem: string } | { kind: 'open'; problem: string };

/**
 * Reads the record that begins at `lines[from]`. Strict as RFC 4180: a quote stands around a whole cell, or is doubled within one.
 * That makes every record hold an even number of quotes, so that a line with a stray one can never swallow whole records.
 */
export function scanRecord(lines: readonly Line[], from: number, { delimiter, quote }: Dialect): Scan {
  let at = from;
  let text = lines[at]?.text ?? '';
  if (quote === undefined || !text.includes(quote)) return { kind: 'record', end: at, cells: text.split(delimiter) };
  const cells: string[] = [];
  for (let place = 0; ;) {
    const column = cells.length + 1;
    if (!text.startsWith(quote, place)) {
      const found = text.indexOf(delimiter, place);
      const end = found < 0 ? text.length : found;
      const cell = text.slice(place, end);
      if (cell.includes(quote)) return { kind: 'bad', problem: strayQuote(column, quote) };
      cells.push(cell);
      if (found < 0) return { kind: 'record', end: at, cells };
      place = end + delimiter.length;
      continue;
    }
    let cell = '';
    for (let start = place + quote.length; ;) {
      const found = text.indexOf(quote, start);
      if (found >= 0 && text.startsWith(quote, found + quote.length)) {
        cell += text.slice(start, found + quote.length);
        start = found + 2 * quote.length;
        continue;
      }
      if (found >= 0) {
        cell += text.slice(start, found);
        place = found + quote.length;
        break;
      }
      cell += text.slice(start) + (lines[at]?.eol ?? '');
      const next = lines[++at];
      const problem = `the quote in column ${column} is not closed`;
      if (at - from >= MOST_LINES) return { kind: 'bad', problem };
      if (next === undefined) return { kind: 'open', problem };
      if (next.fault !== undefined) return { kind: 'bad', problem: `${problem} before line ${next.number}, which ${next.fault}` };
      text = next.text;
      start = 0;
    }
    cells.push(cell);
    if (place === text.length) return { kind: 'record', end: at, cells };
    if (!text.startsWith(delimiter, place)) return { kind: 'bad', problem: `there is text behind the closing quote of column ${column}` };
    place += delimiter.length;
  }
}

const strayQuote = (column: number, quote: string) =>
  `there is a ${quote} within column ${column}, which is not in quotes: double it and quote the cell, or set quote to "none" if the file has no quotes`;
