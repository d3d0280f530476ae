import { Controller, Res } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { pollCalls, replyToCall } from '@repo/contracts/operations/poll-operations';
import type { FastifyReply } from 'fastify';
import type { ApiError } from '../../../../platform/errors/api-error';
import { CurrentAgent, type AgentIdentity } from '../../../../platform/http/caller';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';
import { OverLimit } from '../../../../platform/http/over-limit';
import { assertSameVendor } from '../../../../platform/http/same-vendor';
import { HandOutCalls } from './hand-out-calls';
import { TakeReply } from './take-reply';

const DEFAULT_MOST = 10;
const DEFAULT_WAIT_S = 25;

/** Where agents behind a firewall fetch their calls, and answer them. */
@Controller()
export class PollController {
  constructor(
    private readonly calls: HandOutCalls,
    private readonly replies: TakeReply,
  ) {}

  @Operation(pollCalls)
  async poll(
    @CurrentAgent() agent: AgentIdentity,
    @Input() { body }: InputOf<typeof pollCalls>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Reply<typeof pollCalls>> {
    assertSameVendor(agent, body?.vendorId);
    const { max = DEFAULT_MOST, waitSeconds = DEFAULT_WAIT_S } = body ?? {};
    const gone = new AbortController();
    const onClose = () => gone.abort();
    reply.raw.once('close', onClose);
    if (reply.raw.destroyed) gone.abort();
    try {
      const calls = await this.calls.poll({ vendorId: agent.vendorId, most: max, waitMs: waitSeconds * 1000, gone: gone.signal });
      return { calls };
    } finally {
      reply.raw.off('close', onClose);
    }
  }

  @Operation(replyToCall)
  async reply(
    @CurrentAgent() agent: AgentIdentity,
    @Input() { params, body }: InputOf<typeof replyToCall>,
    @OverLimit() overLimit: ApiError | undefined,
  ): Promise<void> {
    assertSameVendor(agent, body.vendorId);
    await this.replies.take(agent.vendorId, params.callId, body, overLimit);
  }
}
