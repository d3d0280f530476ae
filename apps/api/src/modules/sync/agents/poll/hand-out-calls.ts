import { Injectable, Logger } from '@nestjs/common';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import { ApiError } from '../../../../platform/errors/api-error';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { CallSigner } from '../transport/call-signer';
import { NewsWait } from '../transport/pull/news-wait';
import { PollingAgents } from '../transport/pull/polling-agents';
import { PullSignals } from '../transport/pull/pull-signals';
import { PullStore, type WaitingCall } from '../transport/pull/pull-store';

/** What a poll asks for. */
export interface Poll {
  vendorId: string;
  /** Calls at most. */
  most: number;
  waitMs: number;
  /** Aborted when whoever polls has gone away. */
  gone: AbortSignal;
}

/** What ends a poll besides its time and whoever polls: Redis is away, or its vendor's credentials changed. */
type PollEnd = 'lost' | 'ended';

/** Answers polls: at once with what waits, else with what comes, else empty at the end of the wait or at shutdown. */
@Injectable()
export class HandOutCalls {
  private readonly logger = new Logger('HandOutCalls');
  /** Whose polls wait. */
  private readonly open = new Map<NewsWait<PollEnd>, string>();

  constructor(
    private readonly store: PullStore,
    private readonly signals: PullSignals,
    private readonly polling: PollingAgents,
    private readonly signer: CallSigner,
    private readonly lifecycle: Lifecycle,
  ) {
    lifecycle.signal.addEventListener('abort', () => this.endPolls(undefined));
  }

  /** @throws ApiError `unavailable` while Redis is away */
  async poll(poll: Poll): Promise<PolledCall[]> {
    if (!this.signals.connected) throw away();
    const waiter = new NewsWait<PollEnd>(poll.waitMs, poll.gone);
    // Registered before the first look: nothing that comes in between is missed.
    const stopListening = this.signals.onCalls(poll.vendorId, (signal) => (signal === 'lost' ? waiter.end('lost') : waiter.tell()));
    this.open.set(waiter, poll.vendorId);
    try {
      await this.polling.heard(poll.vendorId);
      return await this.wait(poll, waiter);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw away(error);
    } finally {
      stopListening();
      this.open.delete(waiter);
      waiter.stop();
    }
  }

  /** Ends the open polls of a vendor whose credentials changed, or of all: whoever may still poll comes back. */
  endPolls(vendorId: string | undefined): void {
    for (const [waiter, whose] of this.open) {
      if (vendorId === undefined || whose === vendorId) waiter.end('ended');
    }
  }

  private async wait(poll: Poll, waiter: NewsWait<PollEnd>): Promise<PolledCall[]> {
    for (;;) {
      if (this.lifecycle.shuttingDown || poll.gone.aborted) return [];
      const fetched = await this.store.fetch(poll.vendorId, poll.most);
      if (fetched.length > 0) return await this.handOut(poll, fetched);
      const why = await waiter.next();
      if (why === 'lost') throw away();
      if (why === 'told') continue;
      // An agent that has waited has been there all the time.
      if (why === 'time') await this.polling.heard(poll.vendorId);
      return [];
    }
  }

  private async handOut({ vendorId, gone }: Poll, fetched: { callId: string; call: WaitingCall }[]): Promise<PolledCall[]> {
    if (!gone.aborted) return fetched.map(({ callId, call }) => this.sign(vendorId, callId, call));
    // Nothing was written to whoever went away while this was fetched.
    for (const { callId, call } of fetched.reverse()) {
      await this.store.giveBack(vendorId, callId, call).catch((error: unknown) => {
        this.logger.debug({ err: error, vendorId, callId }, 'a call could not be given back: it ends as one that was not answered');
      });
    }
    return [];
  }

  private sign(vendorId: string, callId: string, call: WaitingCall): PolledCall {
    const { path, body } = call;
    const deadlineAt = new Date(call.deadline);
    const headers = this.signer.headersFor({ vendorId, ...call }, { ...call, deadlineAt }, body, new Date());
    return { callId, path, headers: { 'content-type': 'application/json', ...headers }, body, deadlineAt: deadlineAt.toISOString() };
  }
}

function away(cause?: unknown): ApiError {
  return new ApiError('unavailable', 'Calls cannot be handed out now: poll again.', { retryAfterSeconds: 1, cause });
}
