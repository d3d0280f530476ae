import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { RequestOptions } from '../client/sender';
import { HubError } from '../client/hub-error';
import type { BegunSnapshot, CommittedSnapshot, HubClient } from '../client/hub-client';
import type { Row } from '../entity-rows';
import { pushRows, type PushOptions } from './push-rows';
import type { PushClient } from './send-batch';
import { MemorySnapshotKeys, type SnapshotKeys } from './snapshot-keys';
import type { AnsweredBatch, PushTotals } from './verdicts';

export interface SnapshotOptions extends RequestOptions {
  /** Where to remember what was sent; in memory when not said. */
  keys?: SnapshotKeys;
}

export type SnapshotPushOptions = Omit<PushOptions, 'snapshotId'>;

/** Rows of these keys did not reach the hub: a commit would delete them. */
export class SnapshotIncomplete extends Error {
  constructor(readonly keys: readonly string[]) {
    super(`${keys.length} row(s) did not reach the hub, and would be deleted`);
    this.name = 'SnapshotIncomplete';
  }
}

type SnapshotClient = PushClient & Pick<HubClient, 'beginSnapshot' | 'commitSnapshot' | 'abandonSnapshot'>;
interface Hashed {
  key: string;
  contentHash: string;
}

/** How long an abandoned snapshot may take to be given up; it ends by itself after a day. */
const ABANDON = { timeoutMs: 5_000, retry: { attempts: 1 } } as const;

/** Everything of an entity, as it is now: what is not sent in it is deleted by its commit. Use {@link SnapshotPush.begin}. */
export class SnapshotPush {
  private readonly tooLarge = new Set<string>();

  private constructor(
    private readonly client: SnapshotClient,
    readonly entity: Entity,
    readonly begun: BegunSnapshot,
    private readonly keys: SnapshotKeys,
  ) {}

  /** Begins one; an older open one of the same entity is superseded. @throws HubError: 404 from a hub that has none */
  static async begin(client: SnapshotClient, entity: Entity, { keys, ...options }: SnapshotOptions = {}): Promise<SnapshotPush> {
    return new SnapshotPush(client, entity, await client.beginSnapshot(entity, options), keys ?? new MemorySnapshotKeys());
  }

  /** Sends rows in it, as `pushRows` does, any number of times. Other pushes of the same entity may go on meanwhile. */
  async push(rows: AsyncIterable<Row> | Iterable<Row>, options: SnapshotPushOptions): Promise<PushTotals> {
    const underWay = new Map<number, Hashed>();
    return pushRows(this.client, this.entity, noteHashes(this.entity, rows, underWay), {
      ...options,
      snapshotId: this.begun.snapshotId,
      onVerdicts: async (answered) => {
        this.note(answered, underWay);
        await options.onVerdicts?.(answered);
      },
    });
  }

  /**
   * Says that everything was sent. After a lost reply it can be said again.
   * @throws SnapshotIncomplete; HubError: `count_mismatch` and `digest_mismatch` leave it open, `too_many_deletes` has it held
   * for the hub's operator
   */
  async commit(options?: RequestOptions): Promise<CommittedSnapshot> {
    if (this.tooLarge.size > 0) throw new SnapshotIncomplete([...this.tooLarge]);
    return this.client.commitSnapshot(this.begun.snapshotId, this.keys.sum(), options);
  }

  /** Gives it up: nothing is deleted. Tried once: a hub that does not hear of it lets it expire. */
  async abandon(): Promise<void> {
    try {
      await this.client.abandonSnapshot(this.begun.snapshotId, ABANDON);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
    }
  }

  private note({ first, keys, verdicts }: AnsweredBatch, underWay: Map<number, Hashed>): void {
    const unsent = new Set(
      verdicts.filter((verdict) => verdict.status === 'failed' && verdict.reason === 'too_large').map(({ position }) => position),
    );
    const arrived: Hashed[] = [];
    for (let position = first; position < first + keys.length; position++) {
      const row = underWay.get(position);
      underWay.delete(position);
      if (row === undefined) continue;
      if (unsent.has(position)) this.tooLarge.add(row.key);
      else {
        this.tooLarge.delete(row.key);
        arrived.push(row);
      }
    }
    this.keys.put(arrived);
  }
}

/** Rows without a key are in no snapshot; the hub refuses them. */
async function* noteHashes(entity: Entity, rows: AsyncIterable<Row> | Iterable<Row>, underWay: Map<number, Hashed>): AsyncGenerator<Row> {
  let position = 0;
  for await (const row of rows) {
    const key = keyOf(entity, row);
    const { contentHash } = row;
    if (key !== null && typeof contentHash !== 'string') throw new TypeError('a row of a snapshot needs a contentHash');
    if (key !== null) underWay.set(position, { key, contentHash: contentHash as string });
    position += 1;
    yield row;
  }
}
