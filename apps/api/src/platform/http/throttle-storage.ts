import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Redis, Result } from 'ioredis';

/** What the storage says of one request; the throttler does not export its type. */
type StorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const SCRIPT = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) left = tonumber(ARGV[1]) end
return { hits, left }`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    hubCountHit(key: string, windowMs: number): Result<[hits: number, leftMs: number], Context>;
  }
}

/** Counts in Redis, so that a limit holds over all instances: a fixed window that begins with its first request. */
export class RedisThrottleStorage implements ThrottlerStorage {
  constructor(private readonly redis: Redis) {
    redis.defineCommand('hubCountHit', { numberOfKeys: 1, lua: SCRIPT });
  }

  async increment(key: string, ttl: number, limit: number, _blockDuration: number, throttlerName: string): Promise<StorageRecord> {
    const [totalHits, left] = await this.redis.hubCountHit(`hub:rate:${throttlerName}:${key}`, ttl);
    const seconds = Math.max(1, Math.ceil(left / 1000));
    return { totalHits, timeToExpire: seconds, isBlocked: totalHits > limit, timeToBlockExpire: seconds };
  }

  /** How many were counted in the running window, without counting. */
  async count(key: string, throttlerName: string): Promise<{ totalHits: number; timeToExpire: number }> {
    const name = `hub:rate:${throttlerName}:${key}`;
    const [hits, left] = await Promise.all([this.redis.get(name), this.redis.pttl(name)]);
    return { totalHits: Number(hits ?? 0), timeToExpire: Math.max(1, Math.ceil(left / 1000)) };
  }
}
