import { Inject, Injectable } from '@nestjs/common';
import type { AgentDetail, createEnrolment, listAgents, updateAgent } from '@repo/contracts/operations/admin-agent-operations';
import type { Input, Reply } from '@repo/contracts/operations/operation';
import type { Database, Executor } from '@repo/shared/database/connect';
import {
  changeAgent,
  findAgent,
  findAgentForUpdate,
  listAgents as listRecords,
  markDeregistered,
  type AgentRecord,
} from '@repo/shared/database/repositories/agent-registry.repository';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { insertEnrolmentCode } from '@repo/shared/database/repositories/enrolment-codes.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError } from '../../../platform/errors/api-error';
import { currentContext } from '../../../platform/http/request-context';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import { agentDetail } from './agent-detail';
import { statusThresholds } from './agent-status';
import { AgentUrls } from './agent-urls';
import { newEnrolmentCode } from './enrolment-code';

/** What admins see and change of agents. A change and its audit entry are one transaction; all instances hear of it at once. */
@Injectable()
export class AdministerAgents {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly urls: AgentUrls,
  ) {}

  async list({ page, limit, ...filter }: Input<typeof listAgents>['query']): Promise<Reply<typeof listAgents>> {
    const { data, meta } = await listRecords(this.database.db, filter, statusThresholds(this.settings), { page, limit });
    return { data: data.map((record) => this.detail(record)), meta };
  }

  async find(vendorId: string): Promise<AgentDetail> {
    return this.detail((await findAgent(this.database.db, vendorId)) ?? notFound());
  }

  async update(actor: string, vendorId: string, body: Input<typeof updateAgent>['body']): Promise<AgentDetail> {
    const agentUrl = typeof body.agentUrl === 'string' ? await this.urls.check(body.agentUrl) : body.agentUrl;
    const changed = await this.database.db.transaction(async (tx) => {
      const before = (await findAgentForUpdate(tx, vendorId)) ?? notFound();
      const after = (await changeAgent(tx, vendorId, { agentUrl, enabled: body.enabled })) ?? notFound();
      await audit(tx, actor, 'agent.update', vendorId, changeable(before), changeable(after));
      return after;
    });
    await this.invalidations.publish('agents', vendorId);
    return this.detail(changed);
  }

  /** The open jobs of a deregistered agent are the delivery's to close: it reads `deregistered_at`. */
  async deregister(actor: string, vendorId: string): Promise<void> {
    await this.database.db.transaction(async (tx) => {
      const gone = await markDeregistered(tx, vendorId);
      if (gone === undefined) return (await findAgent(tx, vendorId)) ?? notFound();
      return audit(tx, actor, 'agent.deregister', vendorId, { deregisteredAt: null }, { deregisteredAt: gone.deregisteredAt });
    });
    await this.invalidations.publish('agents', vendorId);
  }

  async enrol(actor: string, vendorId: string): Promise<Reply<typeof createEnrolment>> {
    const { code, codeHash } = newEnrolmentCode();
    const expiresAt = await this.database.db.transaction(async (tx) => {
      const expires = await insertEnrolmentCode(tx, { vendorId, codeHash, createdBy: actor });
      await audit(tx, actor, 'agent.enrol', vendorId, null, { expiresAt: expires });
      return expires;
    });
    return { code, expiresAt: expiresAt.toISOString() };
  }

  private detail(record: AgentRecord): AgentDetail {
    return agentDetail(record, statusThresholds(this.settings));
  }
}

function changeable({ agentUrl, mode, enabled }: AgentRecord) {
  return { agentUrl, mode, enabled };
}

async function audit(tx: Executor, actor: string, action: string, vendorId: string, before: unknown, after: unknown): Promise<void> {
  const correlationId = currentContext()?.correlationId ?? null;
  await recordAudit(tx, { actor, action, target: `agent:${vendorId}`, vendorId, before, after, correlationId });
}

function notFound(): never {
  throw new ApiError('not_found', 'There is no such agent.');
}
