import type { FailReason, IngestReply, RowChange, SkipReason } from '@repo/contracts/verdicts';
import type { Batch } from './batch-reader';

/** Why a row failed: the hub's reasons, and `too_large` for one that does not fit into any request. */
export type PushFailReason = FailReason | 'too_large';

/** What became of one row. `position`: where it stood in the source, from 0. */
export type RowVerdict = { position: number; key: string | null } & (
  | { status: 'processed'; change: RowChange }
  | { status: 'skipped'; reason: SkipReason }
  | { status: 'failed'; reason: PushFailReason; detail: string; parked: boolean }
);

/** A batch that the hub has answered: all its rows are with the hub, but for what `verdicts` says. */
export interface AnsweredBatch {
  /** Where its first row stood in the source, from 0. */
  first: number;
  /** Of all its rows, in their order. */
  keys: readonly (string | null)[];
  /** With `results: 'problems'` only those that were not simply written, or unchanged. */
  verdicts: readonly RowVerdict[];
}

/** What a push came to. */
export interface PushTotals {
  rows: number;
  /** Requests that were answered with verdicts. */
  batches: number;
  processed: number;
  skipped: number;
  failed: number;
  /** How many rows failed, by reason. */
  reasons: Partial<Record<PushFailReason, number>>;
}

export function noTotals(): PushTotals {
  return { rows: 0, batches: 0, processed: 0, skipped: 0, failed: 0, reasons: {} };
}

/** The verdicts of a reply, with the places that its rows had in the source. */
export function readVerdicts({ first, keys }: Batch, { results }: IngestReply): RowVerdict[] {
  return results.map(({ index, ...verdict }) => {
    const place = { position: first + index, key: keys[index] ?? null };
    return verdict.status === 'failed' ? { ...verdict, ...place, parked: verdict.parked ?? false } : { ...verdict, ...place };
  });
}

/** The verdict on a row that no request can hold. */
export function tooLarge({ first, keys, texts }: Batch): RowVerdict {
  const detail = `the row has ${Buffer.byteLength(texts[0] ?? '')} bytes: more than one request may have`;
  return { position: first, key: keys[0] ?? null, status: 'failed', reason: 'too_large', detail, parked: false };
}
