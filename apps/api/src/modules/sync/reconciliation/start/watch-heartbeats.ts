import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { readLastRoots, requestRunAfterDrift, type RunTarget } from '@repo/shared/database/reconciliation/request-runs';
import type { Redis } from 'ioredis';
import { DATABASE } from '../../../../platform/database/database.module';
import { LocalEventBus, type LocalEvents } from '../../../../platform/events/local-events';
import { REDIS } from '../../../../platform/redis/redis.module';
import { OfferRuns } from './offer-runs';
import { isSameDrift, readDrift, textOfDrift, type SeenDrift } from './standing-drift';

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
    const seen = { erpRoot, hubRoot };
    const before = readDrift((await this.redis.set(key, textOfDrift(seen), 'EX', REMEMBER_S, 'GET')) ?? '');
    if (before === undefined || !(await this.isUnexplained(before, seen, { vendorId, entity }))) return;
    const run = await requestRunAfterDrift(this.database.pool, { vendorId, entity }, { erpRoot, hubRoot, correlationId: randomUUID() });
    if (run !== undefined) await this.offers.offer([run]);
  }

  /**
   * Whether no push under way explains drift in two heartbeats: nothing came in between them, or what came in left the same rows
   * differing, and those are not the ones that the last run could do no more about.
   */
  private async isUnexplained(before: SeenDrift, now: SeenDrift, target: RunTarget): Promise<boolean> {
    if (before.hubRoot === now.hubRoot) return true;
    if (!isSameDrift(before, now)) return false;
    const last = await readLastRoots(this.database.pool, target);
    return last === undefined || !isSameDrift(last, now);
  }
}
