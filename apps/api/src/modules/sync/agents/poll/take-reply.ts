import { Injectable } from '@nestjs/common';
import type { replyToCall } from '@repo/contracts/operations/poll-operations';
import type { Input } from '@repo/contracts/operations/operation';
import { ApiError } from '../../../../platform/errors/api-error';
import { addLogFields } from '../../../../platform/http/request-context';
import type { ReplyBody } from '../transport/agent-transport';
import { PullStore, type Replied, type ReplyVerdict } from '../transport/pull/pull-store';
import { PollingAgents } from '../transport/pull/polling-agents';
import { readRetryAfter } from '../transport/retry-after';

type Said = Input<typeof replyToCall>['body'];

/** Takes what an agent answers to a call that it fetched, and lets whoever waits for it know. */
@Injectable()
export class TakeReply {
  constructor(
    private readonly store: PullStore,
    private readonly polling: PollingAgents,
  ) {}

  /**
   * `overLimit`: the refusal that a rate limit has asked for; it does not hold for a call that is open.
   * @throws ApiError `not_found` for what this vendor has not fetched, `expired` when it is too late, `unavailable` while Redis is away
   */
  async take(vendorId: string, callId: string, said: Said, overLimit: ApiError | undefined): Promise<void> {
    const verdict = await this.give(vendorId, callId.toLowerCase(), said, overLimit);
    addLogFields({ callId, callReply: verdict, callStatus: said.status });
    if (verdict === 'unknown') throw new ApiError('not_found', 'This vendor has fetched no such call.');
    if (verdict === 'late') throw new ApiError('expired', 'The deadline of this call is over: the hub asks for its outcome.');
  }

  private async give(vendorId: string, callId: string, said: Said, overLimit: ApiError | undefined): Promise<ReplyVerdict> {
    try {
      if (overLimit !== undefined && !(await this.store.awaitsReply(vendorId, callId))) throw overLimit;
      const verdict = await this.store.reply(vendorId, callId, toReplied(said));
      if (verdict === 'taken') await this.polling.heard(vendorId);
      return verdict;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError('unavailable', 'The reply cannot be taken now: send it again.', { retryAfterSeconds: 1, cause: error });
    }
  }
}

function toReplied({ status, headers, body }: Said): Replied {
  const retryAfter = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')?.[1];
  return { kind: 'replied', status, retryAfterSeconds: readRetryAfter(retryAfter, new Date()), body: readBody(body) };
}

/** JSON, or text that is JSON; nothing is as unreadable as it is over HTTP. */
function readBody(body: unknown): ReplyBody {
  if (body === undefined) return { fault: 'not_json' };
  if (typeof body !== 'string') return { json: body };
  try {
    return { json: JSON.parse(body) as unknown };
  } catch {
    return { fault: 'not_json' };
  }
}
