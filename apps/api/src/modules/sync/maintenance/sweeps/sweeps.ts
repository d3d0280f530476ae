import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Database } from '@repo/shared/database/connect';
import { foldDeltas } from '@repo/shared/database/ingest/digest-root';
import { countParked } from '@repo/shared/database/ingest/parked-rows';
import { ENTITY_LIST } from '@repo/contracts/primitives';
import { DATABASE } from '../../../../platform/database/database.module';
import { Leader } from '../../../../platform/leader/leader';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { HubMetrics } from '../../../../platform/metrics/hub-metrics';
import { ReplayParked } from '../../ingest/replay-parked';
import { ApplyMappings } from '../../mappings/apply-mappings';
import { SweepSnapshots } from '../../snapshots/sweep-snapshots';

const MINUTE_MS = 60_000;
const FOLD_EVERY_MS = 5_000;
const MOST_FOLDED = 5_000;

/** What the leader does again and again, because what told it to may have been lost: in a crash, or between two instances. */
@Injectable()
export class Sweeps {
  private readonly logger = new Logger('Sweeps');
  private readonly busy = new Set<string>();
  private sweptSinceLeading = false;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly leader: Leader,
    private readonly lifecycle: Lifecycle,
    private readonly parked: ReplayParked,
    private readonly mappings: ApplyMappings,
    private readonly snapshots: SweepSnapshots,
    private readonly metrics: HubMetrics,
  ) {}

  /** Parked rows whose cause crossed with their parking, mappings and snapshots whose work was cut off or is over. */
  @Interval(MINUTE_MS)
  async everyMinute(): Promise<void> {
    await this.once('parked rows', () => this.parked.replayAll());
    await this.once('mappings', () => this.mappings.applyAllPending());
    await this.once('snapshots', () => this.snapshots.sweep());
    await this.once('parked count', async () => {
      const counts = await countParked(this.database.pool);
      for (const entity of ENTITY_LIST) this.metrics.parkedRows.set({ entity }, counts[entity]);
    });
  }

  /** Keeps the running digests short: a heartbeat adds up what is not folded yet. */
  @Interval(FOLD_EVERY_MS)
  async everyFewSeconds(): Promise<void> {
    // What the last leader left undone does not wait for the minute.
    if (this.leader.leads && !this.sweptSinceLeading) await this.everyMinute();
    this.sweptSinceLeading = this.leader.leads;
    await this.once('digests', async () => {
      for (let folded = MOST_FOLDED; folded === MOST_FOLDED && !this.lifecycle.shuttingDown;) {
        folded = await foldDeltas(this.database.pool, MOST_FOLDED);
      }
    });
  }

  /** Only on the leader, never beside itself; a failure is logged, and the next round tries again. */
  private async once(name: string, sweep: () => Promise<void>): Promise<void> {
    if (!this.leader.leads || this.lifecycle.shuttingDown || this.busy.has(name)) return;
    this.busy.add(name);
    try {
      await sweep();
    } catch (error) {
      this.logger.error({ err: error, sweep: name }, 'a sweep failed');
    } finally {
      this.busy.delete(name);
    }
  }
}
