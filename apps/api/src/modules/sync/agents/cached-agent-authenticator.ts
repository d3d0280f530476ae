import type { Db } from '@repo/shared/database/connect';
import { findAgentCredentials } from '@repo/shared/database/repositories/agent-credentials.repository';
import { ApiError, unauthorized } from '../../../platform/errors/api-error';
import type { AgentAuthenticator } from '../../../platform/http/agent-authenticator';
import type { RateLimiter } from '../../../platform/http/rate-limiter';
import { digestOf, matchToken } from './agent-tokens';
import type { BcryptTurns } from './bcrypt-turns';
import { SingleFlight } from './single-flight';
import type { VerifiedAgent, VerifiedToken, VerifiedTokens } from './verified-tokens';

/** For so long a verified token counts without a look at its row. */
const FRESH_MS = 60_000;

/** What the authenticator works with; `now` is a clock that only goes forward, in milliseconds. */
export interface AuthenticatorParts {
  db: Db;
  limiter: Pick<RateLimiter, 'check' | 'count'>;
  turns: BcryptTurns;
  verified: VerifiedTokens;
  now?: () => number;
}

/** Verifies agents' tokens: from memory, by a look at the row, or by bcrypt, whichever is the least that will do. */
export class CachedAgentAuthenticator implements AgentAuthenticator {
  private readonly now: () => number;
  private readonly renewals = new SingleFlight<VerifiedToken | undefined>();
  private readonly checks = new SingleFlight<VerifiedToken | undefined>();

  constructor(private readonly parts: AuthenticatorParts) {
    this.now = parts.now ?? (() => performance.now());
  }

  async authenticate(vendorId: string, token: string, ip: string): Promise<VerifiedAgent> {
    const tokenDigest = digestOf(token);
    const known = this.parts.verified.find(vendorId, tokenDigest);
    if (known !== undefined && this.now() < known.freshUntil) return admit(known);
    const renewed = known === undefined ? undefined : await this.renew(known);
    return admit(renewed ?? (await this.check(vendorId, tokenDigest, ip)));
  }

  private renew({ agent }: VerifiedToken): Promise<VerifiedToken | undefined> {
    return this.renewals.ask(`${agent.vendorId} ${agent.tokenDigest}`, () =>
      this.standing(agent.vendorId, agent.tokenDigest, agent.tokenHash),
    ).result;
  }

  /** Shared only within one IP: the limit of one must not refuse another that has the right token. */
  private async check(vendorId: string, tokenDigest: string, ip: string): Promise<VerifiedToken> {
    const { result, joined } = this.checks.ask(`${ip} ${vendorId} ${tokenDigest}`, () =>
      this.parts.turns.run(ip, () => this.compare(vendorId, tokenDigest, ip)),
    );
    const verified = await result;
    if (verified !== undefined) return verified;
    if (joined) await this.parts.limiter.count('auth_failures', ip);
    throw unauthorized();
  }

  private async compare(vendorId: string, tokenDigest: string, ip: string): Promise<VerifiedToken | undefined> {
    const { db, limiter } = this.parts;
    await limiter.check('auth_failures', ip);
    const tokenHash = await matchToken(tokenDigest, await findAgentCredentials(db, vendorId));
    const verified = tokenHash === undefined ? undefined : await this.standing(vendorId, tokenDigest, tokenHash);
    if (verified === undefined) await limiter.count('auth_failures', ip);
    return verified;
  }

  /** What a token that matches `tokenHash` is worth by the row as it is now; remembered, or forgotten when nothing. */
  private async standing(vendorId: string, tokenDigest: string, tokenHash: string): Promise<VerifiedToken | undefined> {
    const { db, verified } = this.parts;
    for (;;) {
      const generation = verified.generation;
      const readAt = this.now();
      const credentials = await findAgentCredentials(db, vendorId);
      // Something was changed while the row was read: whether before or after, nobody knows.
      if (verified.generation !== generation) continue;
      const isCurrent = credentials?.currentHash === tokenHash;
      if (credentials === undefined || !(isCurrent || credentials.previousHash === tokenHash)) {
        verified.forget(vendorId, tokenDigest);
        return undefined;
      }
      const { enabled, currentHash, previousLeftMs } = credentials;
      const token: VerifiedToken = {
        agent: { kind: 'agent', vendorId, tokenDigest, tokenHash, currentHash },
        enabled,
        freshUntil: readAt + (isCurrent ? FRESH_MS : Math.min(FRESH_MS, previousLeftMs)),
      };
      verified.remember(token);
      return token;
    }
  }
}

function admit({ agent, enabled }: VerifiedToken): VerifiedAgent {
  if (!enabled) throw new ApiError('agent_disabled', 'This agent is disabled: an admin can enable it again.');
  return agent;
}
