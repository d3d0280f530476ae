import { Controller, Headers, Res } from '@nestjs/common';
import { agentSelf, heartbeat, registerAgent, rotateToken } from '@repo/contracts/operations/agent-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { FastifyReply } from 'fastify';
import { CurrentAgent, CurrentRegistrant, type AgentIdentity, type RegistrantIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { assertSameVendor } from '../../../platform/http/same-vendor';
import { DescribeSelf } from './describe-self';
import { RecordHeartbeat } from './record-heartbeat';
import { RegisterAgent } from './register-agent';
import { RotateToken } from './rotate-token';
import type { VerifiedAgent } from './verified-tokens';

/** What agents call about themselves. */
@Controller()
export class AgentsController {
  constructor(
    private readonly registration: RegisterAgent,
    private readonly heartbeats: RecordHeartbeat,
    private readonly self: DescribeSelf,
    private readonly rotation: RotateToken,
  ) {}

  @Operation(registerAgent)
  async register(
    @CurrentRegistrant() registrant: RegistrantIdentity,
    @Headers('x-vendor-id') vendorId: string | undefined,
    @Input() { body }: InputOf<typeof registerAgent>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Reply<typeof registerAgent>> {
    const { created, reply } = await this.registration.register(registrant, vendorId, body);
    if (!created) response.status(200);
    return reply;
  }

  @Operation(heartbeat)
  heartbeat(@CurrentAgent() agent: AgentIdentity, @Input() { body }: InputOf<typeof heartbeat>): Promise<Reply<typeof heartbeat>> {
    assertSameVendor(agent, body.vendorId);
    return this.heartbeats.record(agent, body);
  }

  @Operation(agentSelf)
  me(@CurrentAgent() agent: AgentIdentity, @Input() _input: InputOf<typeof agentSelf>): Promise<Reply<typeof agentSelf>> {
    return this.self.describe(agent);
  }

  @Operation(rotateToken)
  rotate(@CurrentAgent() agent: VerifiedAgent, @Input() _input: InputOf<typeof rotateToken>): Promise<Reply<typeof rotateToken>> {
    return this.rotation.rotate(agent);
  }
}
