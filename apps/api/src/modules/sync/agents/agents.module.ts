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
import { AgentGauge } from './agent-gauge';
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
import { HandOutCalls } from './poll/hand-out-calls';
import { PollController } from './poll/poll.controller';
import { TakeReply } from './poll/take-reply';
import { AgentTransports } from './transport/agent-transports';
import { CallCutter } from './transport/call-cutter';
import { CallSigner } from './transport/call-signer';
import { PollingAgents } from './transport/pull/polling-agents';
import { PullSignals } from './transport/pull/pull-signals';
import { PullStore } from './transport/pull/pull-store';
import { PullTransport } from './transport/pull/pull-transport';
import { PUSH_TRANSPORT_OPTIONS, PushTransport, type PushTransportOptions } from './transport/push-transport';
import { UpdateRegistration } from './update-registration';
import { VerifiedTokens } from './verified-tokens';

/** Vendors' agents: who they are, how they prove it, whether they are alive. */
@Module({
  controllers: [AgentsController, AdminAgentsController, PollController],
  providers: [
    RegisterAgent,
    UpdateRegistration,
    RegistrationCredentials,
    TokenChanges,
    RotateToken,
    RecordHeartbeat,
    DescribeSelf,
    AgentGauge,
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
    {
      provide: CallSigner,
      inject: [SETTINGS],
      useFactory: ({ OUTBOUND_SECRET }: HubSettings) => new CallSigner(OUTBOUND_SECRET),
    },
    PushTransport,
    PullStore,
    PullSignals,
    PollingAgents,
    PullTransport,
    AgentTransports,
    CallCutter,
    HandOutCalls,
    TakeReply,
    {
      provide: CachedAgentAuthenticator,
      inject: [DATABASE, RateLimiter, BcryptTurns, VerifiedTokens],
      useFactory: ({ db }: Database, limiter: RateLimiter, turns: BcryptTurns, verified: VerifiedTokens) =>
        new CachedAgentAuthenticator({ db, limiter, turns, verified }),
    },
    { provide: AGENT_AUTHENTICATOR, useExisting: CachedAgentAuthenticator },
  ],
  exports: [AGENT_AUTHENTICATOR, AgentUrls, AgentTransports, CallCutter, PollingAgents],
})
export class AgentsModule implements OnModuleInit {
  constructor(
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly verified: VerifiedTokens,
    private readonly polls: HandOutCalls,
  ) {}

  onModuleInit(): void {
    this.invalidations.subscribe('agents', (vendorId) => {
      this.verified.drop(vendorId);
      this.polls.endPolls(vendorId);
    });
  }
}
