import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const LETTER_U = 0x75;

const [PLAIN, STRING, OPEN, CLOSE] = [0, 1, 2, 3] as const;
/** What a byte outside of strings is: one look instead of five comparisons. */
const KIND = new Uint8Array(256);
KIND[QUOTE] = STRING;
KIND[OPEN_OBJECT] = KIND[OPEN_ARRAY] = OPEN;
KIND[CLOSE_OBJECT] = KIND[CLOSE_ARRAY] = CLOSE;

/** An envelope whose rows were parsed one by one. */
export interface SplitEnvelope {
  value: unknown;
  /** Whether the text has an escape that may stand for what no row may hold: then each row has to be looked through. */
  needsLook: boolean;
}

/**
 * Reads `{ "items": [ {row}, {row}, … ] }` while it arrives. Rows (objects in an array of the envelope) that stand side by side
 * in a chunk are decoded and parsed together, one that a chunk's end cuts by itself; what is left, with a numbered stand-in
 * for each row, is parsed at the end. The result is what `JSON.parse` of the whole would give, but neither the whole body nor
 * its text is ever held in one piece: a batch of 10 MB would be 30 MB of large, short-lived memory.
 * @throws SyntaxError for what is not JSON, TypeError for what is not UTF-8
 */
export class RowSplitter {
  private readonly rows: unknown[] = [];
  /** Bytes as Latin-1: a view of each chunk would keep the whole body in memory until its end. */
  private skeleton = '';
  /** The beginning of a row that a chunk's end has cut. */
  private readonly cut: Buffer[] = [];
  private depth = 0;
  private rowsMayBegin = false;
  private inRow = false;
  private inString = false;
  private escaped = false;
  private needsLook = false;

  write(chunk: Buffer): void {
    /** Up to here all is in the skeleton, in `cut`, or among the rows that stand side by side. */
    let from = 0;
    let rowAt = 0;
    /** Complete rows up to `from` with nothing but a comma between them: how many, and where the first one begins. */
    let side = 0;
    let sideAt = 0;
    let i = this.inString ? this.skipString(chunk, 0) : 0;
    for (; i < chunk.length; i++) {
      const kind = KIND[chunk[i] as number];
      if (kind === PLAIN) continue;
      if (kind === STRING) {
        this.inString = true;
        i = this.skipString(chunk, i + 1) - 1;
      } else if (kind === OPEN) {
        if (this.depth === 2 && this.rowsMayBegin && !this.inRow && chunk[i] === OPEN_OBJECT) {
          if (side === 0 || from !== i - 1 || chunk[from] !== COMMA) {
            this.endRows(chunk.subarray(sideAt, from), side);
            this.skeleton += chunk.toString('latin1', from, i);
            side = 0;
            sideAt = from = i;
          }
          rowAt = i;
          this.inRow = true;
        }
        if (++this.depth === 2) this.rowsMayBegin = chunk[i] === OPEN_ARRAY;
      } else if (--this.depth === 2 && this.inRow) {
        from = i + 1;
        if (this.cut.length === 0) side++;
        else this.endRows(Buffer.concat([...this.cut.splice(0), chunk.subarray(0, from)]), 1);
        this.inRow = false;
      }
    }
    this.endRows(chunk.subarray(sideAt, from), side);
    const rest = this.inRow ? Math.max(rowAt, from) : chunk.length;
    if (from < rest) this.skeleton += chunk.toString('latin1', from, rest);
    if (this.inRow) this.cut.push(chunk.subarray(rest));
  }

  /** From within a string to the place behind its end, or to the end of the chunk. */
  private skipString(chunk: Buffer, start: number): number {
    let i = start;
    if (this.escaped && i < chunk.length) {
      this.noteEscape(chunk[i++]);
      this.escaped = false;
    }
    for (; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === QUOTE) {
        this.inString = false;
        return i + 1;
      }
      if (byte === BACKSLASH) {
        if (i + 1 === chunk.length) this.escaped = true;
        else this.noteEscape(chunk[++i]);
      }
    }
    return i;
  }

  /** NUL and lone surrogates cannot stand in JSON but as `\\u` escapes; a poisonous name can hide behind one. */
  private noteEscape(byte: number | undefined): void {
    if (byte === LETTER_U) this.needsLook = true;
  }

  end(): SplitEnvelope {
    // A row that never ended makes the skeleton unreadable, as it should.
    const text = this.decode(Buffer.concat([Buffer.from(this.skeleton, 'latin1'), ...this.cut]));
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) this.putRowsBack(value as Record<string, unknown>);
    return { value, needsLook: this.needsLook };
  }

  private endRows(bytes: Buffer, count: number): void {
    if (count === 0) return;
    const first = this.rows.length;
    for (const row of JSON.parse(`[${this.decode(bytes)}]`) as unknown[]) this.rows.push(row);
    this.skeleton += Array.from({ length: count }, (_, n) => `{"row":${first + n}}`).join(',');
  }

  private decode(bytes: Buffer): string {
    if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
    return bytes.toString('utf8');
  }

  /** Every object in an array of the envelope is a stand-in: rows are taken out wherever one stands. */
  private putRowsBack(envelope: Record<string, unknown>): void {
    for (const value of Object.values(envelope)) {
      if (!Array.isArray(value)) continue;
      for (let i = 0; i < value.length; i++) {
        const standIn = value[i] as { row?: number } | null;
        if (typeof standIn === 'object' && standIn !== null && typeof standIn.row === 'number') value[i] = this.rows[standIn.row];
      }
    }
  }
}
