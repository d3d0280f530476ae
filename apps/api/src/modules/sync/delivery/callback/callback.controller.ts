import { Controller } from '@nestjs/common';
import { agentCallback } from '@repo/contracts/operations/delivery-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { ApiError } from '../../../../platform/errors/api-error';
import { CurrentAgent, type AgentIdentity } from '../../../../platform/http/caller';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';
import { OverLimit } from '../../../../platform/http/over-limit';
import { assertSameVendor } from '../../../../platform/http/same-vendor';
import { TakeCallback } from './take-callback';

/** Where agents say what became of jobs. */
@Controller()
export class CallbackController {
  constructor(private readonly callbacks: TakeCallback) {}

  @Operation(agentCallback)
  take(
    @CurrentAgent() agent: AgentIdentity,
    @Input() { body }: InputOf<typeof agentCallback>,
    @OverLimit() overLimit: ApiError | undefined,
  ): Promise<Reply<typeof agentCallback>> {
    assertSameVendor(agent, body.vendorId);
    return this.callbacks.take(agent, body, overLimit);
  }
}
