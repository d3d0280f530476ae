import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { putBack } from '@repo/shared/database/delivery/claim-job';
import { offerJobs, type OfferedJob } from '@repo/shared/database/delivery/offer-jobs';
import { offerProbe, type ProbedReason } from '@repo/shared/database/delivery/offer-probe';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { DATABASE } from '../../../../platform/database/database.module';
import { REDIS } from '../../../../platform/redis/redis.module';
import { within } from '../../../../platform/timing/within';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import { ORDER_SYNC, ORDER_SYNC_OPTIONS, queueIdOf, type OrderSyncPayload } from '../order-sync.queue';
import { ReadGates } from './read-gates';

/** An entry that has not been taken by the queue after this is left to the sweep that looks for lost ones. */
const ADD_LIMIT_MS = 2_000;

/** Moves due jobs from the outbox into the queue. The database first: what the queue then misses is found again. */
@Injectable()
export class OfferToQueue {
  private readonly logger = new Logger('Relay');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    @InjectQueue(ORDER_SYNC) private readonly queue: Queue<OrderSyncPayload>,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly gates: ReadGates,
  ) {}

  /** Whether there is a queue to offer to: while Redis is away jobs stay where they are. */
  get canOffer(): boolean {
    return this.redis.status === 'ready';
  }

  /** Offers what is due now; gives how many jobs. */
  async offerDue(): Promise<number> {
    if (!this.canOffer) return 0;
    const offered = await offerJobs(this.database.pool, this.policy.perVendor, await this.gates.read());
    if (offered.length > 0) await this.add(offered);
    return offered.length;
  }

  /** Offers one job of a vendor whose jobs are held for this reason, to see whether it still holds. */
  async offerProbeOf(vendorId: string, reason: ProbedReason): Promise<void> {
    const probe = await offerProbe(this.database.pool, vendorId, reason);
    if (probe !== undefined) await this.add([probe]);
  }

  /** Whether the queue still has this offer, waiting for a worker. */
  async isWaiting(offer: Pick<OfferedJob, 'jobId' | 'dispatchNo'>): Promise<boolean> {
    return (await this.queue.getJobState(queueIdOf(offer))) === 'waiting';
  }

  private async add(offered: readonly OfferedJob[]): Promise<void> {
    const entries = offered.map((job) => ({ name: ORDER_SYNC, data: job, opts: { ...ORDER_SYNC_OPTIONS, jobId: queueIdOf(job) } }));
    try {
      await within(ADD_LIMIT_MS, () => this.queue.addBulk(entries));
    } catch (error) {
      // Perhaps it has them, perhaps not. Taking them back is right in both cases: an entry without its job does nothing.
      this.logger.warn({ err: error, jobs: offered.length }, 'the queue did not take what was offered');
      for (const job of offered) await putBack(this.database.pool, job);
    }
  }
}
