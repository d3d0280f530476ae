import type { PreparedBatch, PreparedRows } from './prepare-rows';
import { outcomeOf, Tally, type Outcome } from './tally';
import type { VendorSession } from '../vendor-session';

/** Requests under way at once. */
const LANES = 3;

/** What came of one push. */
export interface PushResult {
  tally: Tally;
  ms: number;
  /** The outcome of each row, batch by batch. */
  outcomes: Outcome[][];
  /** For each reason that a row failed for, what the reply said of one such row. */
  examples: Map<Outcome, string>;
}

interface Sending {
  keys: ReadonlySet<string | null>;
  done: Promise<void>;
}

/**
 * Pushes all batches, a few at once. Two that hold the same key are never under way together: the row that comes later in a
 * file is to win, as it does within one batch.
 */
export async function pushRows(
  vendor: Pick<VendorSession, 'pushPrepared'>,
  prepared: PreparedRows,
  onReply: (tally: Tally) => void,
): Promise<PushResult> {
  const start = performance.now();
  const tally = new Tally();
  const outcomes: Outcome[][] = [];
  const examples = new Map<Outcome, string>();
  const underWay = new Set<Sending>();
  const queue = prepared.batches.entries();

  const send = async (place: number, batch: PreparedBatch, before: readonly Promise<void>[]): Promise<void> => {
    await Promise.all(before);
    const verdicts = await vendor.pushPrepared(prepared.entity, batch);
    outcomes[place] = verdicts.map(outcomeOf);
    for (const outcome of outcomes[place]) tally.add(outcome);
    for (const verdict of verdicts) {
      if (verdict.status === 'failed' && !examples.has(verdict.reason)) examples.set(verdict.reason, exampleOf(verdict));
    }
    onReply(tally);
  };
  const lane = async (): Promise<void> => {
    for (const [place, batch] of queue) {
      const keys = new Set(prepared.repeated.size === 0 ? [] : batch.keys.filter((key) => key !== null && prepared.repeated.has(key)));
      const before = [...underWay].filter((other) => sharesKey(other.keys, keys)).map(({ done }) => done);
      const sending: Sending = { keys, done: send(place, batch, before) };
      underWay.add(sending);
      await sending.done;
      underWay.delete(sending);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { tally, ms: performance.now() - start, outcomes, examples };
}

function exampleOf({ index, key, detail }: { index: number; key: string | null; detail: string }): string {
  return `${key === null ? `row ${index} of a request` : JSON.stringify(key)}: ${detail}`;
}

function sharesKey(one: Sending['keys'], other: Sending['keys']): boolean {
  for (const key of one) if (other.has(key)) return true;
  return false;
}
