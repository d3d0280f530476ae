import { once, setMaxListeners } from 'node:events';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import type { Answer } from '../answer';
import type { HubClock } from '../hub-clock';
import type { HubLine } from '../hub-line';
import type { ReplyCounters } from '../records';
import { backoff, pause } from './pause';
import type { ReplyFault } from './polling-faults';
import { replyBody } from './reply-body';

const PAUSES = { firstMs: 40, longestMs: 500 };
const TIMEOUT_MS = 5_000;

type Sendable = NonNullable<ReturnType<typeof replyBody>>;

/** Posts the replies to calls that were fetched, each until the hub has taken it or its deadline is over. */
export class Replies {
  readonly counters: ReplyCounters = { posted: 0, taken: 0, late: 0, refused: 0, givenUp: 0 };
  private readonly sent = new EventTarget();

  constructor(
    private readonly hub: HubLine,
    private readonly clock: HubClock,
  ) {
    setMaxListeners(0, this.sent);
  }

  /** Sends an answer as a plan has it; nothing when there is to be no answer. Resolves also when nobody took it. */
  async send(call: PolledCall, answer: Answer, fault: ReplyFault | undefined, signal: AbortSignal): Promise<void> {
    const body = replyBody(answer);
    if (body === null) return;
    const deadline = Date.parse(call.deadlineAt);
    if (fault?.kind === 'overtaken') await this.anotherSent(fault.withinMs, signal);
    if (fault?.kind === 'late') await pause(deadline + fault.byMs - this.clock.now(), signal);
    // What is too large for the hub is so every time, and no small thing to send.
    const end = answer.kind === 'huge' ? 0 : deadline;
    await Promise.all(Array.from({ length: fault?.kind === 'twice' ? 2 : 1 }, () => this.post(call.callId, body, end, signal)));
    this.sent.dispatchEvent(new Event('sent'));
  }

  private async post(callId: string, body: Sendable, end: number, signal: AbortSignal): Promise<void> {
    for (let post = 1; !signal.aborted; post += 1) {
      this.counters.posted += 1;
      const path = `/api/agents/calls/${callId}/reply`;
      const options = { timeoutMs: TIMEOUT_MS, signal };
      const posted = 'json' in body ? this.hub.post(path, body.json, options) : this.hub.postChunks(path, body.chunks(), options);
      const reply = await posted;
      if (reply !== null && reply.status < 500 && reply.status !== 429) {
        this.counters[reply.status === 204 ? 'taken' : reply.status === 410 ? 'late' : 'refused'] += 1;
        return;
      }
      if (this.clock.now() > end) break;
      await pause(backoff(post, PAUSES), signal);
    }
    this.counters.givenUp += 1;
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
