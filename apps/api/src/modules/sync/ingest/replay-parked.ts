import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Entity } from '@repo/contracts/primitives';
import type { RowOf } from '@repo/contracts/rows/entities';
import { microsOf } from '@repo/contracts/timestamp';
import type { Database } from '@repo/shared/database/connect';
import { findReplayable, listParkedSets, readParked } from '@repo/shared/database/ingest/parked-rows';
import { eachByItself } from '../../../platform/concurrency/each-by-itself';
import { DATABASE } from '../../../platform/database/database.module';
import { LocalEventBus } from '../../../platform/events/local-events';
import { Lifecycle } from '../../../platform/lifecycle/lifecycle';
import { Ingest } from './ingest';

/** How many keys are looked up at once, and how many rows one transaction replays. */
const MOST_FOUND = 10_000;
const MOST_REPLAYED = 500;

/** Writes parked rows when what they waited for is there: oldest first, one replay a vendor's entity at a time. */
@Injectable()
export class ReplayParked implements OnModuleInit {
  private readonly logger = new Logger('ReplayParked');
  private readonly running = new Map<string, { again: boolean; ended: Promise<void> }>();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly ingest: Ingest,
    private readonly events: LocalEventBus,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.events.on('mappings-changed', ({ vendorId }) => this.replay(vendorId, 'items'));
    this.events.on('rows-arrived', ({ vendorId }) => this.replay(vendorId, 'stock'));
  }

  /** Replays everything of all vendors, or of one, that has nothing more to wait for, and puts right what the rest waits for. */
  async replayAll(vendorId?: string): Promise<void> {
    await eachByItself(await listParkedSets(this.database.pool, vendorId), (set) => this.replay(set.vendorId, set.entity));
  }

  /** Replays a vendor's entity; a request while one runs makes it look once more at its end. */
  replay(vendorId: string, entity: Entity): Promise<void> {
    const name = `${entity} ${vendorId}`;
    const before = this.running.get(name);
    if (before !== undefined) {
      before.again = true;
      return before.ended;
    }
    const run = { again: false, ended: Promise.resolve() };
    this.running.set(name, run);
    // Gone in the same step as its last look at `again`: whoever comes later starts a run of its own.
    run.ended = this.untilNothingIsLeft(vendorId, entity, run, () => this.running.delete(name));
    return run.ended;
  }

  private async untilNothingIsLeft(vendorId: string, entity: Entity, run: { again: boolean }, ended: () => void): Promise<void> {
    let replayed = 0;
    try {
      do {
        run.again = false;
        const { found, released } = await this.replayOnce(vendorId, entity);
        replayed += released;
        // What is parked again waits for less, and is not found another time: a full look may have left some out.
        run.again ||= released > 0 || found === MOST_FOUND;
      } while (run.again && !this.lifecycle.shuttingDown);
    } finally {
      ended();
    }
    if (replayed > 0) this.logger.log({ msg: 'parked rows replayed', vendorId, entity, rows: replayed });
  }

  private async replayOnce(vendorId: string, entity: Entity): Promise<{ found: number; released: number }> {
    const keys = await findReplayable(this.database.pool, vendorId, entity, MOST_FOUND);
    let released = 0;
    for (let at = 0; at < keys.length && !this.lifecycle.shuttingDown; at += MOST_REPLAYED) {
      released += await this.replayKeys(vendorId, entity, keys.slice(at, at + MOST_REPLAYED));
    }
    return { found: keys.length, released };
  }

  private replayKeys(vendorId: string, entity: Entity, keys: readonly string[]): Promise<number> {
    return this.ingest.replay(vendorId, entity, async (client) =>
      (await readParked(client, vendorId, entity, keys)).map(({ key, payload }) => {
        const row = payload as RowOf[Entity];
        return { key, row, micros: microsOf(row.lastSyncedAt) ?? 0 };
      }),
    );
  }
}
