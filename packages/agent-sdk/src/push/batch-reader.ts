import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Row } from '../entity-rows';

/** Rows that go into one request. */
export interface Batch {
  /** Where its first row stood in the source, from 0. */
  first: number;
  /** Each row as JSON. */
  texts: readonly string[];
  /** The key of each row; null where it has none. */
  keys: readonly (string | null)[];
}

/** The most that one request takes. */
export interface BatchLimits {
  rows: number;
  /** Of JSON, inflated. */
  bytes: number;
}

/** What a body has around its rows, and more. */
const ENVELOPE_BYTES = 64;

interface Read {
  text: string;
  key: string | null;
  bytes: number;
}

/** Reads a source batch by batch, and of it no more than the batch that is asked for, and one row that did not fit. */
export class BatchReader {
  private readonly source: AsyncIterator<Row> | Iterator<Row>;
  private carried: Read | undefined;
  private position = 0;
  private reading = false;
  private ended = false;

  constructor(
    private readonly entity: Entity,
    rows: AsyncIterable<Row> | Iterable<Row>,
    private readonly limits: BatchLimits,
  ) {
    this.source = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  }

  /**
   * The next batch, full unless the source has ended; undefined at its end. A row that is larger than a batch is one alone.
   * @throws whatever the source throws, and TypeError for what is no JSON
   */
  async next(): Promise<Batch | undefined> {
    const rows: Read[] = [];
    let bytes = ENVELOPE_BYTES;
    while (rows.length < this.limits.rows) {
      const row = this.carried ?? (await this.read());
      this.carried = undefined;
      if (row === undefined) break;
      bytes += row.bytes;
      if (bytes > this.limits.bytes && rows.length > 0) {
        this.carried = row;
        break;
      }
      rows.push(row);
    }
    if (rows.length === 0) return undefined;
    const first = this.position;
    this.position += rows.length;
    return { first, texts: rows.map(({ text }) => text), keys: rows.map(({ key }) => key) };
  }

  /** Tells the source that no more is wanted. One that is just asked for a row is not waited for. */
  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    const closed = Promise.resolve(this.source.return?.());
    // Nobody hears any more how such a source ends.
    if (this.reading) closed.catch(() => undefined);
    else await closed;
  }

  private async read(): Promise<Read | undefined> {
    if (this.ended) return undefined;
    this.reading = true;
    try {
      const { done, value } = await this.source.next();
      if (done === true) {
        this.ended = true;
        return undefined;
      }
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw new TypeError('a row must be an object');
      // And the comma behind it.
      return { text, key: keyOf(this.entity, value), bytes: Buffer.byteLength(text) + 1 };
    } finally {
      this.reading = false;
    }
  }
}
