import { Inject, Injectable } from '@nestjs/common';
import type { registerAgent, Registration } from '@repo/contracts/operations/agent-operations';
import type { Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { updateAgentAsItself, type TokenChange } from '@repo/shared/database/repositories/agent-credentials.repository';
import { DATABASE } from '../../../platform/database/database.module';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import { digestOf } from './agent-tokens';
import { AgentUrls } from './agent-urls';
import { TokenChanges } from './token-changes';
import type { VerifiedAgent } from './verified-tokens';

/** Lets a registered agent change what it names of itself. */
@Injectable()
export class UpdateRegistration {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly urls: AgentUrls,
    private readonly tokens: TokenChanges,
  ) {}

  async run(agent: VerifiedAgent, body: Registration): Promise<Reply<typeof registerAgent>> {
    const { vendorId } = agent;
    const { erpType, version, idempotentOrders, agentUrl } = body;
    const url = typeof agentUrl === 'string' ? await this.urls.check(agentUrl) : agentUrl;
    const token = await this.tokenChange(agent, body.authToken);
    const update = { erpType, version, idempotentOrders, agentUrl: url };
    const updated = await updateAgentAsItself(this.database.db, vendorId, update, token);
    if (updated === undefined) return this.tokens.lost(vendorId);
    if (token !== undefined) await this.invalidations.publish('agents', vendorId);
    return { vendorId, status: 'online', mode: updated.mode };
  }

  /** An agent may name its token at every start: the same one is no change. */
  private async tokenChange(agent: VerifiedAgent, authToken: string | undefined): Promise<TokenChange | undefined> {
    if (authToken === undefined) return undefined;
    const digest = digestOf(authToken);
    const isCurrent = digest === agent.tokenDigest && agent.tokenHash === agent.currentHash;
    return isCurrent ? undefined : this.tokens.change(agent, digest);
  }
}
