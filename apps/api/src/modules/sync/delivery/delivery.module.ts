import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { Logger, Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { QueueRegistry } from '../../../platform/queues/queue-registry';
import { QueuesModule } from '../../../platform/queues/queues.module';
import { OrdersModule } from '../../orders/orders.module';
import { AgentsModule } from '../agents/agents.module';
import { BreakerModule } from '../breaker/breaker.module';
import { ApplyDecision } from './attempt/apply-decision';
import { RunAttempt } from './attempt/run-attempt';
import { CallbackController } from './callback/callback.controller';
import { TakeCallback } from './callback/take-callback';
import { DeadLettersController } from './dead-letters/dead-letters.controller';
import { ResolveDeadLetter } from './dead-letters/resolve-dead-letter';
import { RetryDeadLetters } from './dead-letters/retry-dead-letters';
import { DeliveryGauges } from './delivery-gauges';
import { DeliveryLatency } from './delivery-latency';
import { DELIVERY_POLICY, deliveryPolicy } from './delivery-policy';
import { CancelSyncJob } from './jobs/cancel-sync-job';
import { SyncJobsController } from './jobs/sync-jobs.controller';
import { VendorMetricsController } from './jobs/vendor-metrics.controller';
import { ORDER_SYNC } from './order-sync.queue';
import { OrderSyncProcessor } from './order-sync.processor';
import { OfferToQueue } from './relay/offer-to-queue';
import { ReadGates } from './relay/read-gates';
import { RecordCompletion } from './record-completion';
import { Relay } from './relay/relay';
import { TakeUpOverdue } from './relay/take-up-overdue';
import { WakeRelay } from './wake-relay';

const SHARED: Provider[] = [
  { provide: DELIVERY_POLICY, inject: [SETTINGS], useFactory: deliveryPolicy },
  WakeRelay,
  DeliveryGauges,
  DeliveryLatency,
  RecordCompletion,
  TakeCallback,
  RetryDeadLetters,
  ResolveDeadLetter,
  CancelSyncJob,
];
const OF_WORKERS: Provider[] = [ApplyDecision, RunAttempt, OrderSyncProcessor];
const OF_SCHEDULERS: Provider[] = [ReadGates, OfferToQueue, TakeUpOverdue, Relay];

/** Orders on their way to the ERPs: outbox, relay, queue, tries, callbacks, dead letters. What runs depends on the role. */
@Module({})
export class DeliveryModule {
  constructor(@InjectQueue(ORDER_SYNC) queue: Queue, registry: QueueRegistry) {
    registry.add(queue);
    const logger = new Logger('Queue');
    queue.on('error', (error: Error) => logger.debug(`${queue.name}: ${error.message}`));
  }

  static forRole(role: HubSettings['ROLE']): DynamicModule {
    const works = role === 'all' || role === 'worker';
    const schedules = role === 'all' || role === 'scheduler';
    return {
      module: DeliveryModule,
      imports: [QueuesModule, BullModule.registerQueue({ name: ORDER_SYNC }), AgentsModule, BreakerModule, OrdersModule],
      controllers: [CallbackController, SyncJobsController, VendorMetricsController, DeadLettersController],
      providers: [...SHARED, ...(works ? OF_WORKERS : []), ...(schedules ? OF_SCHEDULERS : [])],
      exports: [BullModule],
    };
  }
}
