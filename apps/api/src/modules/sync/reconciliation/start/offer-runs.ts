import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { findOpenRuns, type OpenRun } from '@repo/shared/database/reconciliation/request-runs';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { DATABASE } from '../../../../platform/database/database.module';
import { REDIS } from '../../../../platform/redis/redis.module';
import { within } from '../../../../platform/timing/within';
import { queueIdOf, RECONCILIATION, RECONCILIATION_OPTIONS, type ReconciliationPayload } from '../reconciliation.queue';

/** An entry that the queue has not taken after this is left to the leader, who offers again. */
const ADD_LIMIT_MS = 2_000;
const MOST_OFFERED = 1_000;

/** Puts open runs into the queue. Twice is as good as once: one entry a run and take. */
@Injectable()
export class OfferRuns {
  private readonly logger = new Logger('Reconciliation');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    @InjectQueue(RECONCILIATION) private readonly queue: Queue<ReconciliationPayload>,
  ) {}

  /** Whether there is a queue to offer to. */
  get canOffer(): boolean {
    return this.redis.status === 'ready';
  }

  /** Never rejects for the queue: what it did not take is offered again. */
  async offer(runs: readonly OpenRun[]): Promise<void> {
    if (runs.length === 0 || !this.canOffer) return;
    const entries = runs.map(({ vendorId, entity, runId, takes }) => {
      const data = { vendorId, entity, runId, takes };
      return { name: RECONCILIATION, data, opts: { ...RECONCILIATION_OPTIONS, jobId: queueIdOf(data) } };
    });
    try {
      await within(ADD_LIMIT_MS, () => this.queue.addBulk(entries));
    } catch (error) {
      this.logger.warn({ err: error, runs: runs.length }, 'the queue did not take runs: they are offered again');
    }
  }

  /** Offers what waits of one vendor. */
  async offerOf(vendorId: string): Promise<void> {
    await this.offer(await findOpenRuns(this.database.pool, MOST_OFFERED, vendorId));
  }

  /** Offers whatever waits: what the queue lost, what broke down, what was not offered because Redis was away. */
  async offerAll(): Promise<void> {
    if (this.canOffer) await this.offer(await findOpenRuns(this.database.pool, MOST_OFFERED));
  }
}
