import { Inject, Injectable } from '@nestjs/common';
import type { agentSelf } from '@repo/contracts/operations/agent-operations';
import type { Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { readAgentOverview } from '@repo/shared/database/repositories/agent-overview.repository';
import { findAgent } from '@repo/shared/database/repositories/agent-registry.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { unauthorized } from '../../../platform/errors/api-error';
import type { AgentIdentity } from '../../../platform/http/caller';
import { agentDetail } from './agent-detail';
import { statusThresholds } from './agent-status';

/** Tells an agent what the hub knows of it: what to map, what waits, what differs. */
@Injectable()
export class DescribeSelf {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  async describe({ vendorId }: AgentIdentity): Promise<Reply<typeof agentSelf>> {
    const record = await findAgent(this.database.db, vendorId);
    if (record === undefined) throw unauthorized();
    const { status, mode, enabled, erpType, version, idempotentOrders, lastHeartbeat, clockSkewMs } = agentDetail(
      record,
      statusThresholds(this.settings),
    );
    const { missingMappings, parkedRows, lastReconciliation, openSnapshots } = await readAgentOverview(this.database.pool, vendorId);
    return {
      vendorId,
      status,
      mode,
      enabled,
      erpType,
      version,
      idempotentOrders,
      lastHeartbeat,
      clockSkewMs,
      missingMappings,
      parkedRows,
      lastReconciliation: Object.fromEntries(
        lastReconciliation.map(({ entity, eventType, at }) => [entity, { eventType, at: at.toISOString() }]),
      ),
      openSnapshots: openSnapshots.map((snapshot) => ({
        ...snapshot,
        startedAt: snapshot.startedAt.toISOString(),
        expiresAt: snapshot.expiresAt.toISOString(),
      })),
    };
  }
}
