import { rowDigestHex } from '@repo/contracts/digest';
import type { BatchState, IncomingRow } from '@repo/shared/database/ingest/batch-types';
import { isoOfMicros } from '@repo/contracts/timestamp';
import type { JudgedRow } from './judge-rows';

/** Digests, 16 hex digits, of what the hub counted under each key when it was compared; undefined where it had nothing. */
export type Compared = ReadonlyMap<string, string | undefined>;

/** What became of rows that an agent gave because they differ. */
export interface Healing {
  /** Rows that were written, or are parked until their mapping comes. */
  written: number;
  parked: number;
  /** Stored as given already: only what was parked of them went. */
  unchanged: number;
  /** Of these keys the hub holds something else by now than what was compared: nothing was written. */
  moved: string[];
  /** Rows that the hub refuses. */
  refused: { key: string | null; detail: string }[];
}

/** A row that is to be written whatever its time is; what says that it comes from the future says now. */
export function healingRow({ index, key, row, micros }: JudgedRow, nowMicros: number): JudgedRow {
  return micros <= nowMicros
    ? { index, key, row, micros }
    : { index, key, row: { ...row, lastSyncedAt: isoOfMicros(nowMicros) }, micros: nowMicros };
}

/** The rows under whose keys the hub still holds what was compared, and the others. */
export function stillCompared<R extends IncomingRow>(
  rows: readonly R[],
  state: BatchState,
  compared: Compared,
): { same: R[]; moved: string[] } {
  const same: R[] = [];
  const moved: string[] = [];
  for (const row of rows) {
    const { key } = row;
    const stored = state.stored.get(key);
    const counted = state.parked.get(key)?.contentHash ?? (stored === undefined || stored.deleted ? undefined : stored.contentHash);
    const digest = counted === undefined ? undefined : rowDigestHex(key, counted);
    if (digest === compared.get(key)) same.push(row);
    else moved.push(key);
  }
  return { same, moved };
}

/** The state of a database in which no time stands in the way of these rows. */
export function withoutTimes(rows: readonly IncomingRow[], state: BatchState): BatchState {
  const stored = new Map(state.stored);
  const parked = new Map(state.parked);
  for (const { key, micros } of rows) {
    const [one, other] = [stored.get(key), parked.get(key)];
    if (one !== undefined) stored.set(key, { ...one, micros });
    if (other !== undefined) parked.set(key, { ...other, micros });
  }
  return { ...state, stored, parked };
}
