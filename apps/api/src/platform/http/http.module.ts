import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import type { Redis } from 'ioredis';
import { REDIS } from '../redis/redis.module';
import { RateLimiter } from './rate-limiter';
import { RedisThrottleStorage } from './throttle-storage';

/** Rate limits; the rest of the HTTP platform is hooks that `create-app` registers. */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [REDIS],
      useFactory: (redis: Redis) => ({ throttlers: [], storage: new RedisThrottleStorage(redis) }),
    }),
  ],
  providers: [RateLimiter],
  exports: [RateLimiter],
})
export class HttpModule {}
