import { Inject, Injectable } from '@nestjs/common';
import type { BreakerEntry, readBreakers, resetBreakers } from '@repo/contracts/operations/breaker-operations';
import type { Input, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { listRegisteredVendors } from '@repo/shared/database/repositories/agent-registry.repository';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import type { Redis } from 'ioredis';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError } from '../../../platform/errors/api-error';
import { currentContext } from '../../../platform/http/request-context';
import { REDIS } from '../../../platform/redis/redis.module';
import { API_TYPES, type ApiType, type BreakerId, type BreakerStatus } from './breaker-policy';
import { Breakers } from './breakers';

/** What admins see and change of breakers, the same from every instance. */
@Injectable()
export class AdministerBreakers {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
    private readonly breakers: Breakers,
  ) {}

  /** The breakers of all registered agents, or of one. */
  async read(vendorId?: string): Promise<Reply<typeof readBreakers>> {
    const vendors = await listRegisteredVendors(this.database.db, vendorId);
    const found = await this.breakers.read(vendors.flatMap((each) => breakersOf(each, API_TYPES)));
    return { data: found.map(entryOf) };
  }

  /** @throws ApiError `not_found`; `unavailable` while Redis is away */
  async reset(actor: string, { vendorId, apiType }: Input<typeof resetBreakers>['body']): Promise<Reply<typeof resetBreakers>> {
    const ids = breakersOf(vendorId, apiType === undefined ? API_TYPES : [apiType]);
    if ((await listRegisteredVendors(this.database.db, vendorId)).length === 0) {
      throw new ApiError('not_found', 'There is no such agent.');
    }
    await this.database.db.transaction(async (tx) => {
      const before = await this.resetShared(ids);
      await recordAudit(tx, {
        actor,
        action: 'breaker.reset',
        target: `agent:${vendorId}`,
        vendorId,
        before: before.map(entryOf),
        after: ids.map((id) => ({ ...id, state: 'closed' })),
        correlationId: currentContext()?.correlationId ?? null,
      });
    });
    return this.read(vendorId);
  }

  private async resetShared(ids: readonly BreakerId[]): Promise<(BreakerId & BreakerStatus)[]> {
    const away = 'Redis is away: every call goes through, and there is nothing to reset.';
    if (this.redis.status !== 'ready') throw new ApiError('unavailable', away);
    try {
      return await this.breakers.reset(ids);
    } catch (error) {
      throw new ApiError('unavailable', away, { cause: error });
    }
  }
}

function breakersOf(vendorId: string, apiTypes: readonly ApiType[]): BreakerId[] {
  return apiTypes.map((apiType) => ({ vendorId, apiType }));
}

function entryOf({ openUntil, ...entry }: BreakerId & BreakerStatus): BreakerEntry {
  return { ...entry, openUntil: openUntil?.toISOString() ?? null };
}
