import { Inject, Injectable } from '@nestjs/common';
import type { rotateToken } from '@repo/contracts/operations/agent-operations';
import type { Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { rotateAgentSecrets } from '@repo/shared/database/repositories/agent-credentials.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { addLogFields } from '../../../platform/http/request-context';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import { digestOf, newAgentToken } from './agent-tokens';
import { outboundSecrets } from './outbound-secrets';
import { TokenChanges } from './token-changes';
import type { VerifiedAgent } from './verified-tokens';

/** Replaces an agent's token and outbound secrets; the token that was presented goes on working for a while. */
@Injectable()
export class RotateToken {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly tokens: TokenChanges,
  ) {}

  async rotate(agent: VerifiedAgent): Promise<Reply<typeof rotateToken>> {
    const { vendorId } = agent;
    const token = newAgentToken();
    const change = await this.tokens.change(agent, digestOf(token));
    const rotated = await rotateAgentSecrets(this.database.db, vendorId, change);
    if (rotated === undefined) return this.tokens.lost(vendorId);
    await this.invalidations.publish('agents', vendorId);
    addLogFields({ rotatedTo: rotated.secretVersion });
    return {
      token,
      ...outboundSecrets(this.settings.OUTBOUND_SECRET, vendorId, rotated.secretVersion),
      previousValidUntil: rotated.previousTokenUntil.toISOString(),
    };
  }
}
