import { setMaxListeners } from 'node:events';
import type { Entity } from '@repo/contracts/primitives';
import type { BatchSize } from '../client/ingest-operation';
import { DEFAULT_RETRY, type Random, type RetryPolicy } from '../client/retry';
import { BATCH_LIMITS, type Row } from '../entity-rows';
import { BatchReader, type Batch, type BatchLimits } from './batch-reader';
import { Gate } from './gate';
import { KeysUnderWay } from './keys-under-way';
import { orAborted } from '../client/or-aborted';
import { sendBatch, type PushClient, type SendBatchParts } from './send-batch';
import { noTotals, readVerdicts, tooLarge, type AnsweredBatch, type PushTotals, type RowVerdict } from './verdicts';

export interface PushOptions {
  /** `incremental`: batches of up to 500 rows and 5 MB, 60 a minute. `full`: 5,000 rows and 10 MB, 10 a minute. */
  size: BatchSize;
  /** Batches that are sent at once; 2 when not said. */
  concurrency?: number;
  /** Rows belong to this snapshot. */
  snapshotId?: string | undefined;
  /** `problems`, when not said: verdicts only on rows that were not simply written or unchanged. */
  results?: 'all' | 'problems';
  /** Told of every batch that was answered, one after the other; the next batches wait for it. What it throws ends the push. */
  onVerdicts?: (answered: AnsweredBatch) => void | Promise<void>;
  signal?: AbortSignal | undefined;
  /** Of one request; 60 s when not said. */
  timeoutMs?: number;
  /** Eight tries of a batch when not said. Rate limits are waited for, and are no tries. */
  retry?: Partial<RetryPolicy>;
  /** Less than what the hub takes, as for a gateway before it. */
  limits?: Partial<BatchLimits>;
  /** For tests. */
  random?: Random;
}

const TIMEOUT_MS = 60_000;
const RETRY: RetryPolicy = { ...DEFAULT_RETRY, attempts: 8 };

/**
 * Sends rows in batches, as many at once as `concurrency` says. Batches go out when they are full, or the source has ended. In
 * memory, and read of the source, are never more rows than those of `concurrency` batches. A row does not overtake an earlier
 * one of the same key; but a request that timed out may still be worked on at the hub when the next arrives: in the end
 * `lastSyncedAt` decides which is newer, so give each version of a row its own.
 * @throws HubError of the first batch that failed for good, whatever the source or `onVerdicts` throws, or the reason of the
 * signal. What `onVerdicts` was told of is with the hub; the rest may be sent again.
 */
export function pushRows(
  client: PushClient,
  entity: Entity,
  rows: AsyncIterable<Row> | Iterable<Row>,
  options: PushOptions,
): Promise<PushTotals> {
  return new Push(client, entity, rows, options).run();
}

class Push {
  private readonly totals = noTotals();
  private readonly reader: BatchReader;
  private readonly parts: SendBatchParts;
  private readonly ending = new AbortController();
  private readonly keys = new KeysUnderWay();
  private readonly underWay = new Set<Promise<void>>();
  private telling: Promise<void> = Promise.resolve();

  constructor(
    client: PushClient,
    entity: Entity,
    rows: AsyncIterable<Row> | Iterable<Row>,
    private readonly options: PushOptions,
  ) {
    const { size, snapshotId, results = 'problems', timeoutMs = TIMEOUT_MS, retry, limits, random = Math.random } = options;
    // As many batches as are under way listen to it.
    setMaxListeners(0, this.ending.signal);
    this.reader = new BatchReader(entity, rows, { ...BATCH_LIMITS[size], ...limits });
    this.parts = {
      client,
      entity,
      options: { size, snapshotId, results, timeoutMs },
      gate: new Gate(),
      policy: { ...RETRY, ...retry },
      random,
      signal: this.ending.signal,
    };
  }

  async run(): Promise<PushTotals> {
    const { signal, concurrency = 2 } = this.options;
    const end = () => this.ending.abort(signal?.reason);
    signal?.addEventListener('abort', end, { once: true });
    try {
      signal?.throwIfAborted();
      for (;;) {
        while (this.underWay.size >= concurrency) await orAborted(Promise.race(this.underWay), this.ending.signal);
        const batch = await orAborted(this.reader.next(), this.ending.signal);
        if (batch === undefined) break;
        this.begin(batch);
      }
      await Promise.all(this.underWay);
      await this.telling;
      return this.totals;
    } catch (error) {
      this.ending.abort(error);
      // The first failure counts: those of the others came of it.
      throw this.ending.signal.reason;
    } finally {
      signal?.removeEventListener('abort', end);
      await Promise.allSettled(this.underWay);
      await this.reader.close();
    }
  }

  private begin(batch: Batch): void {
    const work = this.send(batch, this.keys.ahead(batch.keys));
    this.keys.add(batch.keys, work);
    this.underWay.add(work);
    work.then(
      () => this.underWay.delete(work),
      (error: unknown) => {
        this.underWay.delete(work);
        this.ending.abort(error);
      },
    );
  }

  private async send(batch: Batch, ahead: readonly Promise<void>[]): Promise<void> {
    await Promise.all(ahead);
    await this.deliver(batch);
  }

  /** Halves go out one after the other, so that their rows keep their order. */
  private async deliver(batch: Batch): Promise<void> {
    const reply = await sendBatch(batch.texts, this.parts);
    if (reply !== 'too_large') {
      await this.answered(batch, readVerdicts(batch, reply), { ...reply, batches: 1 });
    } else if (batch.texts.length === 1) {
      await this.answered(batch, [tooLarge(batch)], { batches: 0, processed: 0, skipped: 0, failed: 1 });
    } else {
      for (const half of halvesOf(batch)) await this.deliver(half);
    }
  }

  private answered(
    { first, keys }: Batch,
    verdicts: RowVerdict[],
    counts: Pick<PushTotals, 'batches' | 'processed' | 'skipped' | 'failed'>,
  ): Promise<void> {
    const { totals } = this;
    totals.rows += keys.length;
    for (const name of ['batches', 'processed', 'skipped', 'failed'] as const) totals[name] += counts[name];
    for (const verdict of verdicts) {
      if (verdict.status === 'failed') totals.reasons[verdict.reason] = (totals.reasons[verdict.reason] ?? 0) + 1;
    }
    this.telling = this.telling.then(() => this.options.onVerdicts?.({ first, keys, verdicts }));
    return this.telling;
  }
}

function halvesOf({ first, texts, keys }: Batch): [Batch, Batch] {
  const middle = Math.ceil(texts.length / 2);
  return [
    { first, texts: texts.slice(0, middle), keys: keys.slice(0, middle) },
    { first: first + middle, texts: texts.slice(middle), keys: keys.slice(middle) },
  ];
}
