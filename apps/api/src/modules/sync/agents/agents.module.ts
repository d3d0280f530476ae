import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { SETTINGS, SettingsError, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { AGENT_AUTHENTICATOR } from '../../../platform/http/agent-authenticator';
import { RateLimiter } from '../../../platform/http/rate-limiter';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import { AdminAgentsController } from './admin-agents.controller';
import { AdministerAgents } from './administer-agents';
import { AllowList } from './agent-address';
import { AgentUrls } from './agent-urls';
import { AgentsController } from './agents.controller';
import { BcryptTurns } from './bcrypt-turns';
import { CachedAgentAuthenticator } from './cached-agent-authenticator';
import { DescribeSelf } from './describe-self';
import { RecordHeartbeat } from './record-heartbeat';
import { RegisterAgent } from './register-agent';
import { RegistrationCredentials } from './registration-credential';
import { RotateToken } from './rotate-token';
import { TokenChanges } from './token-changes';
import { UpdateRegistration } from './update-registration';
import { VerifiedTokens } from './verified-tokens';

/** Vendors' agents: who they are, how they prove it, whether they are alive. */
@Module({
  controllers: [AgentsController, AdminAgentsController],
  providers: [
    RegisterAgent,
    UpdateRegistration,
    RegistrationCredentials,
    TokenChanges,
    RotateToken,
    RecordHeartbeat,
    DescribeSelf,
    AdministerAgents,
    { provide: VerifiedTokens, useFactory: () => new VerifiedTokens() },
    { provide: BcryptTurns, useFactory: () => new BcryptTurns() },
    { provide: AgentUrls, inject: [SETTINGS], useFactory: (settings: HubSettings) => new AgentUrls(allowListOf(settings)) },
    {
      provide: CachedAgentAuthenticator,
      inject: [DATABASE, RateLimiter, BcryptTurns, VerifiedTokens],
      useFactory: ({ db }: Database, limiter: RateLimiter, turns: BcryptTurns, verified: VerifiedTokens) =>
        new CachedAgentAuthenticator({ db, limiter, turns, verified }),
    },
    { provide: AGENT_AUTHENTICATOR, useExisting: CachedAgentAuthenticator },
  ],
  exports: [AGENT_AUTHENTICATOR, AgentUrls],
})
export class AgentsModule implements OnModuleInit {
  constructor(
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly verified: VerifiedTokens,
  ) {}

  onModuleInit(): void {
    this.invalidations.subscribe('agents', (vendorId) => this.verified.drop(vendorId));
  }
}

function allowListOf({ AGENT_URL_ALLOW }: HubSettings): AllowList {
  try {
    return new AllowList(AGENT_URL_ALLOW);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SettingsError([`AGENT_URL_ALLOW: takes hosts, addresses and CIDRs, separated by commas`]);
  }
}
