import { setMaxListeners } from 'node:events';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import type { Answer } from '../answer';
import type { PollingOptions } from '../control';
import { firstFault, type PlannedCall } from '../decide-fault';
import type { HubClock } from '../hub-clock';
import type { HubLine } from '../hub-line';
import type { PollCounters, PollingMishap } from '../records';
import { pollUntil } from './poll-loop';
import { Replies } from './replies';
import { replyBody } from './reply-body';

/** An answer, and the call as plans see it. */
export interface Taken {
  answer: Answer;
  planned: PlannedCall;
}

/** An agent that fetches its calls from the hub, and posts its answers there. */
export class PollingAgent {
  readonly counters: PollCounters = { sent: 0, answered: 0, calls: 0, lost: 0, cut: 0 };
  readonly replies: Replies;
  private running: AbortController | undefined;

  constructor(
    private readonly hub: HubLine,
    clock: HubClock,
    private readonly options: () => PollingOptions,
    private readonly answer: (call: PolledCall) => Promise<Taken>,
    /** Hears what goes wrong because a plan has it so. */
    private readonly mishap: (kind: PollingMishap['kind'], callIds: readonly string[]) => void,
  ) {
    this.replies = new Replies(hub, clock);
  }

  /** Polls from now on, on as many machines as it has. Nothing happens when it does already. */
  start(): void {
    if (this.running !== undefined) return;
    const running = new AbortController();
    this.running = running;
    // As many replies as are on their way at once wait for it.
    setMaxListeners(0, running.signal);
    const { machines = 1 } = this.options();
    const take = (call: PolledCall) => void this.work(call, running.signal).catch(tellDefect);
    for (let machine = 0; machine < machines; machine += 1) {
      const parts = { hub: this.hub, options: this.options, counters: this.counters, mishap: this.mishap, take };
      void pollUntil(running.signal, parts).catch(tellDefect);
    }
  }

  /** Ends its polls and its replies at once: their connections are cut. */
  stop(): void {
    this.running?.abort();
    this.running = undefined;
  }

  private async work(call: PolledCall, signal: AbortSignal): Promise<void> {
    const { answer, planned } = await this.answer(call);
    const fault = firstFault(this.options().faults?.replies ?? [], planned);
    if (fault !== undefined && replyBody(answer) !== null) this.mishap(fault.kind, [call.callId]);
    await this.replies.send(call, answer, fault, signal);
  }
}

/** Anything but a hub that is away has to be seen: it is a defect, here or in what the hub hands out. */
function tellDefect(error: unknown): void {
  process.stderr.write(`stand-in ERP: ${error instanceof Error ? error.stack : String(error)}\n`);
}
