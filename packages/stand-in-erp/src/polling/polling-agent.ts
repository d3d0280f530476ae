import { setMaxListeners } from 'node:events';
import type { Answer as GoodAnswer, IncomingCall } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import { PollLoop } from '@erp-sync-hub/agent-sdk/answer/poll-loop';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { PollingOptions } from '../control';
import { firstFault } from '../decide-fault';
import type { HubLine } from '../hub-line';
import type { Taken } from '../planned-answerer';
import type { PollCounters, PollingMishap } from '../records';
import { tellDefect } from '../tell-defect';
import { FaultyPolls } from './faulty-polls';
import { FaultyReplies } from './faulty-replies';
import { asReply } from './as-reply';

const DEFAULT_WAIT_S = 25;
const PAUSES = { baseMs: 50, maxMs: 1_000 };
/** So that calls that hang do not stop the others. */
const NO_LIMIT = 1_000_000;

export interface PollingParts {
  line: HubLine;
  options: () => PollingOptions;
  answer: (call: IncomingCall, callId: string) => Promise<Taken>;
  /** Hears what goes wrong because a plan has it so. */
  mishap: (kind: PollingMishap['kind'], callIds: readonly string[]) => void;
}

/** An agent that fetches its calls from the hub: the SDK's loop, between polls and replies that may go wrong. */
export class PollingAgent {
  readonly counters: PollCounters = { sent: 0, answered: 0, calls: 0, lost: 0, cut: 0 };
  readonly replies: FaultyReplies;
  private readonly polls: FaultyPolls;
  private running: { loops: PollLoop[]; signal: AbortController } | undefined;

  constructor(private readonly parts: PollingParts) {
    const { line, options, mishap } = parts;
    this.replies = new FaultyReplies(line);
    this.polls = new FaultyPolls({ client: line.polls, options, counters: this.counters, mishap });
  }

  /** Polls from now on, on as many machines as it has. Nothing happens when it does already. */
  start(): void {
    if (this.running !== undefined) return;
    const signal = new AbortController();
    setMaxListeners(0, signal.signal);
    const { machines = 1 } = this.parts.options();
    const loops = Array.from({ length: machines }, () => this.loop(signal.signal));
    this.running = { loops, signal };
    for (const loop of loops) loop.start();
  }

  /** Ends its polls and its replies at once: their connections are cut. */
  stop(): void {
    this.running?.signal.abort();
    for (const loop of this.running?.loops ?? []) void loop.stop({ withinMs: 0 });
    this.running = undefined;
  }

  private loop(stopped: AbortSignal): PollLoop {
    const { line, options } = this.parts;
    return new PollLoop({
      client: {
        poll: (_, { signal } = {}) => this.polls.poll(signal),
        reply: (callId, reply, { signal, ...rest } = {}) => this.replies.send(callId, reply, { ...rest, signal: anyOf(stopped, signal) }),
      },
      answerer: { answerCall: (call) => this.answer(call) },
      clock: line.clock,
      concurrency: NO_LIMIT,
      waitSeconds: options().waitSeconds ?? DEFAULT_WAIT_S,
      pauses: PAUSES,
      // Never nothing, so that none asks a hub in a spin.
      random: () => 0.5 + Math.random() / 2,
      onError: (error) => this.tell(error, stopped),
    });
  }

  private async answer(call: IncomingCall): Promise<GoodAnswer> {
    const { callId, deadlineAt } = this.polls.callOf(call.headers);
    const { answer, planned } = await this.parts.answer(call, callId);
    const reply = asReply(answer);
    // Never, and nobody waits for it.
    if (reply === null) return new Promise(() => undefined);
    const fault = firstFault(this.parts.options().faults?.replies ?? [], planned);
    if (fault !== undefined) this.parts.mishap(fault.kind, [callId]);
    const hugeBytes = 'kind' in answer && answer.kind === 'huge' ? answer.bytes : undefined;
    this.replies.plan(callId, { fault, hugeBytes, deadline: Date.parse(deadlineAt) });
    return reply;
  }

  private tell(error: unknown, stopped: AbortSignal): void {
    if (error instanceof HubError) this.replies.countGivenUp(error);
    else if (!stopped.aborted) tellDefect(error);
  }
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}
