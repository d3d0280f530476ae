import { BullModule } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { QueueGauge } from './queue-gauge';
import { QueueRegistry } from './queue-registry';

const LONGEST_PAUSE_MS = 2_000;

/**
 * BullMQ's own connections to Redis. They wait for Redis as long as it takes: what must not wait looks at the state of the
 * commands' connection first.
 */
@Global()
@Module({
  providers: [QueueRegistry, QueueGauge],
  exports: [QueueRegistry],
  imports: [
    BullModule.forRootAsync({
      inject: [SETTINGS],
      useFactory: (settings: HubSettings) => ({
        prefix: settings.BULLMQ_PREFIX,
        connection: {
          url: settings.REDIS_URL,
          connectTimeout: 3_000,
          retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), LONGEST_PAUSE_MS),
        },
      }),
    }),
  ],
})
export class QueuesModule {}
