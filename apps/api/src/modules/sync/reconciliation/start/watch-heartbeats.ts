import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { requestRunAfterDrift } from '@repo/shared/database/reconciliation/request-runs';
import type { Redis } from 'ioredis';
import { DATABASE } from '../../../../platform/database/database.module';
import { LocalEventBus, type LocalEvents } from '../../../../platform/events/local-events';
import { REDIS } from '../../../../platform/redis/redis.module';
import { OfferRuns } from './offer-runs';

/** Drift that was not seen again for this long is forgotten. */
const REMEMBER_S = 300;

/** Begins a comparison where heartbeats go on showing drift. In sync they cost nothing here; while Redis is away the clock looks. */
@Injectable()
export class WatchHeartbeats implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    private readonly events: LocalEventBus,
    private readonly offers: OfferRuns,
  ) {}

  onModuleInit(): void {
    this.events.on('drift-seen', (drift) => this.consider(drift));
  }

  private async consider({ vendorId, entity, erpRoot, hubRoot }: LocalEvents['drift-seen']): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const key = `hub:drift:{${vendorId}}:${entity}`;
    const before = await this.redis.set(key, hubRoot, 'EX', REMEMBER_S, 'GET');
    // Something came in since: a push is under way. A vendor that pushes all the time is looked at by the hour.
    if (before !== hubRoot) return;
    const run = await requestRunAfterDrift(this.database.pool, { vendorId, entity }, { erpRoot, hubRoot, correlationId: randomUUID() });
    if (run !== undefined) await this.offers.offer([run]);
  }
}
