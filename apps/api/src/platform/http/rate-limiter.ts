import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import type { LimitClass } from '@repo/contracts/operations/operation';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { ApiError } from '../errors/api-error';
import { HubMetrics } from '../metrics/hub-metrics';
import type { RedisThrottleStorage } from './throttle-storage';

const WINDOW_MS = 60_000;
/** After a failure Redis is left alone for this long, so that a hanging one does not slow every request. */
const AWAY_MS = 1_000;

/** Buckets: the limit classes of operations, and failed authentications. */
export type Bucket = Exclude<LimitClass, 'none'> | 'auth_failures';

/** Limits a minute, over all instances. While Redis is away requests are let through, and a metric says so. */
@Injectable()
export class RateLimiter {
  private readonly limits: Readonly<Record<Bucket, number>>;
  private awayUntil = 0;

  constructor(
    @Inject(ThrottlerStorage) private readonly storage: RedisThrottleStorage,
    @Inject(SETTINGS) settings: HubSettings,
    private readonly metrics: HubMetrics,
  ) {
    this.limits = {
      global: settings.RATE_LIMIT_GLOBAL,
      ingest: settings.RATE_LIMIT_INGEST,
      batch: settings.RATE_LIMIT_BATCH,
      agent: settings.RATE_LIMIT_AGENT,
      orders: settings.RATE_LIMIT_ORDERS,
      admin: settings.RATE_LIMIT_ADMIN,
      register: settings.RATE_LIMIT_REGISTER,
      auth_failures: settings.RATE_LIMIT_AUTH_FAILURES,
    };
  }

  /**
   * Counts one request of `who` (a vendor, a key or an IP).
   * @throws ApiError `rate_limited` with `Retry-After` when it is over the bucket's limit
   */
  async consume(bucket: Bucket, who: string): Promise<void> {
    const limit = this.limits[bucket];
    const record = await this.ask(() => this.storage.increment(who, WINDOW_MS, limit, WINDOW_MS, bucket));
    if (record?.isBlocked === true) throw this.refusal(bucket, limit, record.timeToBlockExpire);
  }

  /**
   * Looks without counting.
   * @throws ApiError `rate_limited` when the bucket is full already
   */
  async check(bucket: Bucket, who: string): Promise<void> {
    const limit = this.limits[bucket];
    const record = await this.ask(() => this.storage.count(who, bucket));
    if (record !== undefined && record.totalHits >= limit) throw this.refusal(bucket, limit, record.timeToExpire);
  }

  /** Counts without judging: for failures, which {@link check} judges before the next try. */
  async count(bucket: Bucket, who: string): Promise<void> {
    await this.ask(() => this.storage.increment(who, WINDOW_MS, this.limits[bucket], WINDOW_MS, bucket));
  }

  private refusal(bucket: Bucket, limit: number, retryAfterSeconds: number): ApiError {
    this.metrics.rateLimited.inc({ bucket });
    return new ApiError('rate_limited', `More than ${limit} a minute: try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }

  /** The storage's answer; undefined (and counted) while it is away. */
  private async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (Date.now() < this.awayUntil) {
      this.metrics.throttleMisses.inc();
      return undefined;
    }
    try {
      return await question();
    } catch {
      // Redis is away: its own connection logs that; letting requests through is the rule.
      this.awayUntil = Date.now() + AWAY_MS;
      this.metrics.throttleMisses.inc();
      return undefined;
    }
  }
}
