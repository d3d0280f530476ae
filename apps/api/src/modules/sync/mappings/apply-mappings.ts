import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { lockEntity } from '@repo/shared/database/entity-lock';
import {
  applyToItemPage,
  finishApplying,
  listPendingVendors,
  readPending,
  type PendingMappings,
} from '@repo/shared/database/mappings/apply-to-items';
import { eachByItself } from '../../../platform/concurrency/each-by-itself';
import { DATABASE } from '../../../platform/database/database.module';
import { LocalEventBus } from '../../../platform/events/local-events';
import { Lifecycle } from '../../../platform/lifecycle/lifecycle';

/** Small enough that batches, which wait while a page is written, hardly notice. */
const ITEMS_A_PAGE = 2_000;

/** One vendor's run in this process; `again`: something changed since it last looked. */
interface Run {
  again: boolean;
  done: Promise<void>;
}

/**
 * Brings mappings that were written or changed to the rows that are stored already. Page after page, so that batches go on
 * in between; begun again from the start after a crash, which finds the rows that were done unchanged.
 */
@Injectable()
export class ApplyMappings implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('ApplyMappings');
  private readonly running = new Map<string, Run>();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly events: LocalEventBus,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.events.on('mappings-changed', ({ vendorId }) => this.applyPending(vendorId));
  }

  /** Lets the pages that are being written end; those after them are left to the next process. */
  async onModuleDestroy(): Promise<void> {
    await Promise.allSettled([...this.running.values()].map(({ done }) => done));
  }

  /** Applies what a vendor's rows do not have yet. Calls while it is at it join in: it looks once more before it ends. */
  applyPending(vendorId: string): Promise<void> {
    const present = this.running.get(vendorId);
    if (present !== undefined) {
      present.again = true;
      return present.done;
    }
    const run: Run = { again: true, done: Promise.resolve() };
    this.running.set(vendorId, run);
    run.done = this.applyUntilDone(vendorId, run);
    return run.done;
  }

  /** Applies what any vendor's rows lack: whatever a crash, or an instance that went away, has left behind. */
  async applyAllPending(): Promise<void> {
    await eachByItself(await listPendingVendors(this.database.db), async (vendorId) => {
      if (!this.lifecycle.shuttingDown) await this.applyPending(vendorId);
    });
  }

  private async applyUntilDone(vendorId: string, run: Run): Promise<void> {
    try {
      while (run.again && !this.lifecycle.shuttingDown) {
        run.again = false;
        const pending = await readPending(this.database.db, vendorId);
        if (pending !== undefined) await this.apply(vendorId, pending);
      }
    } finally {
      // In the same step as the last look at `again`: nobody can join a run that will not look any more.
      this.running.delete(vendorId);
    }
  }

  private async apply(vendorId: string, { appliedVersion, version, anyActive }: PendingMappings): Promise<void> {
    const startedAt = Date.now();
    const total = { items: 0, written: 0 };
    for (let afterSku: string | null = anyActive ? '' : null; afterSku !== null;) {
      if (this.lifecycle.shuttingDown) return;
      const page = { afterSku, limit: ITEMS_A_PAGE, changedAfter: appliedVersion };
      const { lastSku, seen, written } = await this.database.db.transaction(async (tx) => {
        await lockEntity(tx, vendorId, 'items');
        return applyToItemPage(tx, vendorId, page);
      });
      total.items += seen;
      total.written += written;
      afterSku = seen < ITEMS_A_PAGE ? null : lastSku;
    }
    await finishApplying(this.database.db, vendorId, version);
    this.logger.log({ msg: 'mappings applied to stored items', vendorId, version, ...total, durationMs: Date.now() - startedAt });
  }
}
