import { once, setMaxListeners } from 'node:events';
import type { CallReply } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { pause } from '@erp-sync-hub/agent-sdk/client/pause';
import type { RequestOptions } from '@erp-sync-hub/agent-sdk/client/sender';
import { padding } from '../answer';
import { isAnswer } from '../callbacks';
import type { HubLine } from '../hub-line';
import type { ReplyCounters } from '../records';
import type { ReplyFault } from './polling-faults';

/** What is to become of the reply to one call. */
export interface PlannedReply {
  fault: ReplyFault | undefined;
  /** So many bytes in the place of what the ERP said. */
  hugeBytes: number | undefined;
  /** Of the call, in the hub's time. */
  deadline: number;
}

type Options = RequestOptions & { signal: AbortSignal };

/** Sends the replies to fetched calls as a plan has it: the SDK decides whether one is sent again. */
export class FaultyReplies {
  readonly counters: ReplyCounters = { posted: 0, taken: 0, late: 0, refused: 0, givenUp: 0 };
  private readonly planned = new Map<string, PlannedReply>();
  private readonly sent = new EventTarget();

  constructor(private readonly line: HubLine) {
    setMaxListeners(0, this.sent);
  }

  /** To be told before the reply is sent. */
  plan(callId: string, reply: PlannedReply): void {
    this.planned.set(callId, reply);
  }

  /** @throws HubError, or the reason of the signal */
  async send(callId: string, reply: CallReply, options: Options): Promise<void> {
    const planned = this.planned.get(callId);
    // What goes wrong does so with the first try.
    this.planned.delete(callId);
    const { fault, hugeBytes } = planned ?? {};
    if (fault?.kind === 'overtaken') await this.anotherSent(fault.withinMs, options.signal);
    if (fault?.kind === 'late') await pause(Math.max((planned?.deadline ?? 0) + fault.byMs - this.line.clock.now(), 0), options.signal);
    const times = fault?.kind === 'twice' ? 2 : 1;
    const post = () => (hugeBytes === undefined ? this.post(callId, reply, options) : this.postHuge(callId, hugeBytes, options));
    await Promise.all(Array.from({ length: times }, post));
    this.sent.dispatchEvent(new Event('sent'));
  }

  /** For the last failure of a reply: nobody has taken it. */
  countGivenUp(error: HubError): void {
    if (error.operation === 'replyToCall' && !isAnswer(error)) this.counters.givenUp += 1;
  }

  private async post(callId: string, reply: CallReply, options: Options): Promise<void> {
    this.counters.posted += 1;
    try {
      await this.line.polls.reply(callId, reply, options);
      this.counters.taken += 1;
    } catch (error) {
      if (error instanceof HubError && isAnswer(error)) this.counters[isLate(error) ? 'late' : 'refused'] += 1;
      throw error;
    }
  }

  /** Past the client, which has all of a reply in memory. Once: what is too large for the hub is so every time. */
  private async postHuge(callId: string, bytes: number, { signal }: Options): Promise<void> {
    this.counters.posted += 1;
    const answered = await this.line.streamReply(callId, hugeReply(bytes), signal);
    this.counters[answered ? 'refused' : 'givenUp'] += 1;
  }

  private async anotherSent(withinMs: number, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    try {
      await once(this.sent, 'sent', { signal: limit });
    } catch (error) {
      if (!limit.aborted) throw error;
    }
  }
}

function* hugeReply(bytes: number): Generator<Uint8Array> {
  yield Buffer.from('{"status":200,"body":');
  yield* padding(bytes);
  yield Buffer.from('}');
}

function isLate({ failure }: HubError): boolean {
  return 'status' in failure && failure.status === 410;
}
