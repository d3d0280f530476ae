import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { isEnrolmentCodeUsable } from '@repo/shared/database/repositories/enrolment-codes.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import type { RegistrantIdentity } from '../../../platform/http/caller';
import { RateLimiter } from '../../../platform/http/rate-limiter';
import { digestOf } from './agent-tokens';
import { CachedAgentAuthenticator } from './cached-agent-authenticator';
import type { VerifiedAgent } from './verified-tokens';

/** By which right someone registers. */
export type RegistrationCredential =
  /** The registration secret: for ids that were never registered. */
  | { kind: 'secret' }
  /** An enrolment code of this vendor that can be used: for any id. */
  | { kind: 'code'; codeHash: string }
  /** The agent itself: for an update. */
  | { kind: 'agent'; agent: VerifiedAgent };

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Finds out which of the three credentials was presented. What is none of them always takes the same way to its refusal. */
@Injectable()
export class RegistrationCredentials {
  private readonly secretDigest: Buffer;

  constructor(
    @Inject(SETTINGS) settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    private readonly limiter: RateLimiter,
    private readonly agents: CachedAgentAuthenticator,
  ) {
    this.secretDigest = sha256(settings.AGENT_SECRET);
  }

  /** @throws ApiError `unauthorized`, `agent_disabled`, or `rate_limited` when too many failed from this IP */
  async judge({ bearer, ip }: RegistrantIdentity, vendorId: string): Promise<RegistrationCredential> {
    await this.limiter.check('auth_failures', ip);
    if (this.isSecret(bearer)) return { kind: 'secret' };
    const codeHash = digestOf(bearer);
    if (await isEnrolmentCodeUsable(this.database.db, vendorId, codeHash)) return { kind: 'code', codeHash };
    return { kind: 'agent', agent: await this.agents.authenticate(vendorId, bearer, ip) };
  }

  /** Whether this is the registration secret. */
  isSecret(presented: string): boolean {
    return timingSafeEqual(sha256(presented), this.secretDigest);
  }
}
