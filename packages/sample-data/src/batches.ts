import type { Rows } from './catalogue';

/** Cuts rows into arrays of `size` (the last may be shorter), reading no further ahead than one batch. */
export async function* batches<T>(rows: Rows<T>, size: number): AsyncGenerator<T[], void, undefined> {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`a batch holds at least one row, not ${size}`);
  // A synchronous source is drained without a promise a row: with a million rows that is most of the time spent here.
  if (Symbol.iterator in rows) yield* syncBatches(rows, size);
  else yield* asyncBatches(rows, size);
}

function* syncBatches<T>(rows: Iterable<T>, size: number): Generator<T[], void, undefined> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function* asyncBatches<T>(rows: AsyncIterable<T>, size: number): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
