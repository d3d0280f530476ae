import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { AGENT_AUTHENTICATOR } from '../../../platform/http/agent-authenticator';
import { RateLimiter } from '../../../platform/http/rate-limiter';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import { AdminAgentsController } from './admin-agents.controller';
import { AdministerAgents } from './administer-agents';
import { AllowList } from './agent-address';
import { AgentUrls, lookUpBySystem } from './agent-urls';
import { AgentsController } from './agents.controller';
import { BcryptTurns } from './bcrypt-turns';
import { CachedAgentAuthenticator } from './cached-agent-authenticator';
import { DescribeSelf } from './describe-self';
import { RecordHeartbeat } from './record-heartbeat';
import { RegisterAgent } from './register-agent';
import { RegistrationCredentials } from './registration-credential';
import { RotateToken } from './rotate-token';
import { TokenChanges } from './token-changes';
import { AgentTransports } from './transport/agent-transports';
import { PUSH_TRANSPORT_OPTIONS, PushTransport, type PushTransportOptions } from './transport/push-transport';
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
    { provide: AllowList, inject: [SETTINGS], useFactory: (settings: HubSettings) => new AllowList(settings.AGENT_URL_ALLOW) },
    { provide: AgentUrls, inject: [AllowList], useFactory: (allowed: AllowList) => new AgentUrls(allowed) },
    {
      provide: PUSH_TRANSPORT_OPTIONS,
      inject: [SETTINGS, AllowList],
      useFactory: ({ OUTBOUND_SECRET }: HubSettings, allowed: AllowList): PushTransportOptions => ({
        outboundSecret: OUTBOUND_SECRET,
        allowed,
        lookUp: lookUpBySystem,
      }),
    },
    PushTransport,
    AgentTransports,
    {
      provide: CachedAgentAuthenticator,
      inject: [DATABASE, RateLimiter, BcryptTurns, VerifiedTokens],
      useFactory: ({ db }: Database, limiter: RateLimiter, turns: BcryptTurns, verified: VerifiedTokens) =>
        new CachedAgentAuthenticator({ db, limiter, turns, verified }),
    },
    { provide: AGENT_AUTHENTICATOR, useExisting: CachedAgentAuthenticator },
  ],
  exports: [AGENT_AUTHENTICATOR, AgentUrls, AgentTransports],
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
