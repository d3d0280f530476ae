import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SETTINGS } from '../../../config/settings';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { REDIS } from '../../../platform/redis/redis.module';
import { AdministerBreakers } from './administer-breakers';
import { BreakerChanges } from './breaker-changes';
import { BreakerGauge } from './breaker-gauge';
import { BREAKER_POLICY, breakerPolicy, type BreakerPolicy } from './breaker-policy';
import { BreakersController } from './breakers.controller';
import { Breakers } from './breakers';
import { Circuits } from './circuits';
import { SharedBreakers } from './shared-breakers';

/** Breakers between the hub and the agents: one a vendor and API type, over all instances. */
@Module({
  controllers: [BreakersController],
  providers: [
    { provide: BREAKER_POLICY, inject: [SETTINGS], useFactory: breakerPolicy },
    {
      provide: SharedBreakers,
      inject: [REDIS, BREAKER_POLICY],
      useFactory: (redis: Redis, policy: BreakerPolicy) => new SharedBreakers(redis, policy),
    },
    {
      provide: Circuits,
      inject: [BREAKER_POLICY, HubMetrics],
      useFactory: ({ resetMs }: BreakerPolicy, { breakerEvents }: HubMetrics) =>
        new Circuits(resetMs, (event, apiType) => breakerEvents.inc({ api_type: apiType, event })),
    },
    BreakerChanges,
    Breakers,
    AdministerBreakers,
    BreakerGauge,
  ],
  exports: [Breakers, BreakerChanges],
})
export class BreakerModule implements OnApplicationShutdown {
  constructor(@Inject(Circuits) private readonly circuits: Circuits) {}

  onApplicationShutdown(): void {
    this.circuits.shutdown();
  }
}
