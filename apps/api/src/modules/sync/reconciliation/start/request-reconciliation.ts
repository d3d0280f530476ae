import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Input, Reply } from '@repo/contracts/operations/operation';
import type { triggerReconciliation } from '@repo/contracts/operations/reconciliation-operations';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import type { Database } from '@repo/shared/database/connect';
import { listLivingVendors } from '@repo/shared/database/reconciliation/compared-agent';
import { requestRuns, type RunTarget } from '@repo/shared/database/reconciliation/request-runs';
import { listRegisteredVendors } from '@repo/shared/database/repositories/agent-registry.repository';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import { currentContext } from '../../../../platform/http/request-context';
import { RUN_POLICY, type RunPolicy } from '../run/run-policy';
import { OfferRuns } from './offer-runs';

type Asked = Input<typeof triggerReconciliation>['body'];

/** Comparisons that somebody asks for: an admin, or the clock. */
@Injectable()
export class RequestReconciliation {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(RUN_POLICY) private readonly policy: RunPolicy,
    private readonly offers: OfferRuns,
  ) {}

  /**
   * Opens runs of a vendor, or of all that are online or degraded; of one entity, or of all.
   * @throws ApiError `not_found` for a vendor without an agent; `unavailable` while Redis is away
   */
  async trigger(actor: string, { vendorId, entity, force = false }: Asked): Promise<Reply<typeof triggerReconciliation>> {
    if (!this.offers.canOffer) throw new ApiError('unavailable', 'Redis is away: comparisons cannot be begun now.');
    const { db, pool } = this.database;
    if (vendorId !== undefined && (await listRegisteredVendors(db, vendorId)).length === 0) {
      throw new ApiError('not_found', 'There is no such agent.');
    }
    const vendors = vendorId === undefined ? await listLivingVendors(pool, this.policy.offlineAfterS) : [vendorId];
    const correlationId = currentContext()?.correlationId ?? randomUUID();
    // Before the runs: one that is begun is in the log of what admins did.
    await recordAudit(db, {
      actor,
      action: 'reconciliation.trigger',
      target: vendorId === undefined ? 'agents' : `agent:${vendorId}`,
      vendorId: vendorId ?? null,
      before: null,
      after: { entity: entity ?? null, force, vendors: vendors.length },
      correlationId,
    });
    const runs = await requestRuns(pool, targetsOf(vendors, entity), { cause: 'manual', force, correlationId });
    await this.offers.offer(runs);
    return { runs: runs.map((run) => ({ vendorId: run.vendorId, entity: run.entity, jobId: run.runId })) };
  }

  /** What the hourly schedule does: every vendor that is online or degraded. */
  async triggerDue(): Promise<void> {
    const vendors = await listLivingVendors(this.database.pool, this.policy.offlineAfterS);
    const runs = await requestRuns(this.database.pool, targetsOf(vendors), {
      cause: 'schedule',
      force: false,
      correlationId: randomUUID(),
    });
    await this.offers.offer(runs);
  }
}

function targetsOf(vendors: readonly string[], entity?: Entity): RunTarget[] {
  const entities = entity === undefined ? ENTITY_LIST : [entity];
  return vendors.flatMap((vendorId) => entities.map((each) => ({ vendorId, entity: each })));
}
