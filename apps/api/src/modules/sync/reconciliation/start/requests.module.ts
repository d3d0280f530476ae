import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { Logger, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { SETTINGS } from '../../../../config/settings';
import { QueueRegistry } from '../../../../platform/queues/queue-registry';
import { QueuesModule } from '../../../../platform/queues/queues.module';
import { RECONCILIATION } from '../reconciliation.queue';
import { RUN_POLICY, runPolicy } from '../run/run-policy';
import { OfferRuns } from './offer-runs';
import { RequestReconciliation } from './request-reconciliation';
import { WatchHeartbeats } from './watch-heartbeats';

/** How comparisons begin: by hand, by the clock, and by what heartbeats show. In every process. */
@Module({
  imports: [QueuesModule, BullModule.registerQueue({ name: RECONCILIATION })],
  providers: [{ provide: RUN_POLICY, inject: [SETTINGS], useFactory: runPolicy }, OfferRuns, RequestReconciliation, WatchHeartbeats],
  exports: [BullModule, RUN_POLICY, OfferRuns, RequestReconciliation],
})
export class ReconciliationRequestsModule {
  constructor(@InjectQueue(RECONCILIATION) queue: Queue, registry: QueueRegistry) {
    registry.add(queue);
    const logger = new Logger('Queue');
    queue.on('error', (error: Error) => logger.debug(`${queue.name}: ${error.message}`));
  }
}
