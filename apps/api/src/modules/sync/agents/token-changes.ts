import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { findAgentCredentials, type TokenChange } from '@repo/shared/database/repositories/agent-credentials.repository';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError, unauthorized } from '../../../platform/errors/api-error';
import { hashTokenDigest } from './agent-tokens';
import { BcryptTurns } from './bcrypt-turns';
import { VerifiedTokens, type VerifiedAgent } from './verified-tokens';

/** Changes of an agent's token, by compare-and-set: of two at the same time one wins, and the other learns that it lost. */
@Injectable()
export class TokenChanges {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly turns: BcryptTurns,
    private readonly verified: VerifiedTokens,
  ) {}

  /** The change from the token that was presented to the one with this digest. */
  async change(agent: VerifiedAgent, newTokenDigest: string): Promise<TokenChange> {
    const newHash = await this.turns.run(agent.vendorId, () => hashTokenDigest(newTokenDigest));
    return { expectedHash: agent.currentHash, presentedHash: agent.tokenHash, newHash };
  }

  /**
   * Says why a change found no row.
   * @throws ApiError always
   */
  async lost(vendorId: string): Promise<never> {
    // What this process remembers is out of date: the next request looks again.
    this.verified.drop(vendorId);
    const credentials = await findAgentCredentials(this.database.db, vendorId);
    if (credentials === undefined) throw unauthorized();
    if (!credentials.enabled) throw new ApiError('agent_disabled');
    throw new ApiError('conflict', 'The token of this agent was changed at the same time: look which one is valid.');
  }
}
