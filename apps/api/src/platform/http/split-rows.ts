import { isUtf8 } from 'node:buffer';
import { mayHoldUnsafe } from '@repo/contracts/unsafe-values';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** An envelope whose rows were parsed one by one. */
export interface SplitEnvelope {
  value: unknown;
  /** Whether the text may hold keys or characters that no row may have; see `mayHoldUnsafe`. */
  needsLook: boolean;
}

/**
 * Reads `{ "items": [ {row}, {row}, … ] }` while it arrives. Each row (an object in an array of the envelope) is decoded and
 * parsed by itself as soon as it is complete; what is left, with a numbered stand-in for each row, is parsed at the end. The
 * result is what `JSON.parse` of the whole would give, but neither the whole body nor its text is ever held in one piece:
 * a batch of 10 MB would be 30 MB of large, short-lived memory.
 * @throws SyntaxError for what is not JSON, TypeError for what is not UTF-8
 */
export class RowSplitter {
  private readonly rows: unknown[] = [];
  private readonly skeleton: Buffer[] = [];
  /** The beginning of a row that a chunk's end has cut. */
  private readonly cut: Buffer[] = [];
  private depth = 0;
  private rowsMayBegin = false;
  private inRow = false;
  private inString = false;
  private escaped = false;
  private needsLook = false;

  write(chunk: Buffer): void {
    let { depth, inString, escaped, inRow } = this;
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (depth === 2 && byte === OPEN_OBJECT && this.rowsMayBegin && !inRow) {
          this.skeleton.push(chunk.subarray(from, i));
          from = i;
          inRow = true;
        }
        depth++;
        if (depth === 2) this.rowsMayBegin = byte === OPEN_ARRAY;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        if (inRow && depth === 2) {
          this.endRow(chunk.subarray(from, i + 1));
          from = i + 1;
          inRow = false;
        }
      }
    }
    if (from < chunk.length) (inRow ? this.cut : this.skeleton).push(chunk.subarray(from));
    Object.assign(this, { depth, inString, escaped, inRow });
  }

  end(): SplitEnvelope {
    // A row that never ended makes the skeleton unreadable, as it should.
    const text = this.decode(Buffer.concat([...this.skeleton, ...this.cut]));
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) this.putRowsBack(value as Record<string, unknown>);
    return { value, needsLook: this.needsLook };
  }

  private endRow(tail: Buffer): void {
    const bytes = this.cut.length === 0 ? tail : Buffer.concat([...this.cut.splice(0), tail]);
    this.skeleton.push(Buffer.from(`{"row":${this.rows.length}}`));
    this.rows.push(JSON.parse(this.decode(bytes)));
  }

  private decode(bytes: Buffer): string {
    if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
    const text = bytes.toString('utf8');
    this.needsLook ||= mayHoldUnsafe(text);
    return text;
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
