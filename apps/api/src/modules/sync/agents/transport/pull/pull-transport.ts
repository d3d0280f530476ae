import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { AgentCall, AgentEndpoint, AgentTransport, CallResult } from '../agent-transport';
import { NewsWait } from './news-wait';
import { PollingAgents } from './polling-agents';
import { PullSignals } from './pull-signals';
import { PullStore, type Ended } from './pull-store';

/** Calls agents that poll: a call waits in Redis until its agent fetches it, and its reply comes back the same way. */
@Injectable()
export class PullTransport implements AgentTransport {
  private readonly logger = new Logger('PullTransport');

  constructor(
    private readonly store: PullStore,
    private readonly signals: PullSignals,
    private readonly polling: PollingAgents,
  ) {}

  /**
   * Calls an agent once. A call that nobody fetched before its deadline is withdrawn (`not_fetched`). One that was fetched and
   * not answered is ambiguous, and so is one that Redis lost: an agent may have it.
   */
  async call(endpoint: AgentEndpoint, call: AgentCall, signal: AbortSignal): Promise<CallResult> {
    const { vendorId, secretVersion, signWithPrevious } = endpoint;
    const { path, correlationId, idempotencyKey } = call;
    const offeredAt = Date.now();
    const deadline = call.deadlineAt.getTime();
    if (signal.aborted) return NOT_OFFERED_AT_SHUTDOWN;
    if (deadline <= offeredAt || !this.store.reachable) return NOT_FETCHED;
    const callId = randomUUID();
    const body = JSON.stringify(call.body);
    const waiting = { path, body, correlationId, deadline, idempotencyKey, secretVersion, signWithPrevious };
    const wait = new NewsWait(deadline - offeredAt, signal);
    const stopListening = this.signals.onReply(callId, (what) => {
      if (what !== 'lost') wait.tell();
    });
    try {
      // Whatever comes of this, it may have been offered: only the end of the call tells.
      await this.store.offer(vendorId, callId, waiting).catch((error: unknown) => this.missed(error, 'offered'));
      for (;;) {
        const why = await wait.next();
        if (why !== 'told') return await this.end(vendorId, callId, offeredAt, why === 'aborted');
        const reply = await this.store.take(vendorId, callId).catch((error: unknown) => this.missed(error, 'taken'));
        if (reply !== undefined) return reply;
      }
    } finally {
      stopListening();
      wait.stop();
    }
  }

  private async end(vendorId: string, callId: string, offeredAt: number, atShutdown: boolean): Promise<CallResult> {
    const ended = await this.store.end(vendorId, callId).catch((error: unknown): Ended => {
      this.missed(error, 'ended');
      return { was: 'lost' };
    });
    switch (ended.was) {
      case 'replied':
        return ended.reply;
      case 'waiting':
        if (atShutdown) return NOT_OFFERED_AT_SHUTDOWN;
        await this.polling.unheardSince(vendorId, offeredAt).catch((error: unknown) => this.missed(error, 'noted'));
        return NOT_FETCHED;
      case 'fetched':
        if (atShutdown) return CUT_AT_SHUTDOWN;
        return { kind: 'ambiguous', code: 'timeout', message: 'fetched, and not answered before the deadline' };
      case 'lost':
        return { kind: 'ambiguous', code: 'connection_lost', message: 'Redis lost the call' };
    }
  }

  /** Redis is away: its own connection logs that, and the end of the call decides what it came to. */
  private missed(error: unknown, what: string): undefined {
    this.logger.debug({ err: error }, `a call could not be ${what}`);
    return undefined;
  }
}

const NOT_FETCHED: CallResult = { kind: 'not_sent', code: 'not_fetched', message: 'no agent fetched it before the deadline' };
const NOT_OFFERED_AT_SHUTDOWN: CallResult = {
  kind: 'not_sent',
  code: 'cut_at_shutdown',
  message: 'the hub shut down before the call was fetched',
};
const CUT_AT_SHUTDOWN: CallResult = {
  kind: 'ambiguous',
  code: 'cut_at_shutdown',
  message: 'the hub shut down while the agent had the call',
};
