import { setMaxListeners } from 'node:events';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import { HubError } from '../client/hub-error';
import type { HubClient } from '../client/hub-client';
import { orAborted } from '../client/or-aborted';
import { pause } from '../client/pause';
import { backoffMs, type Random } from '../client/retry';
import type { HubClock } from '../clock/hub-clock';
import type { CallAnswerer } from './answer-call';
import { replyInTime } from './reply-in-time';

export interface PollLoopOptions {
  client: Pick<HubClient, 'poll' | 'reply'>;
  answerer: Pick<CallAnswerer, 'answerCall'>;
  clock: HubClock;
  /** Calls that are worked off at once, 8 when not said. No more are fetched: their deadlines run from then on. */
  concurrency?: number;
  /** How long a poll waits for a call, 0–30; 25 when not said. */
  waitSeconds?: number;
  /** Told of polls that failed, and of replies that nobody took; the loop goes on. */
  onError: (error: unknown) => void;
  /** Pauses after failures in a row: up to 1 s after the first, and up to 20 s, when not said. */
  pauses?: { baseMs: number; maxMs: number };
  /** For tests. */
  random?: Random;
}

const CONCURRENCY = 8;
const MOST_FETCHED = 50;
const WAIT_S = 25;
/** The longest is that of heartbeats: those come however long the hub is away, so that polls are no rush beside them. */
const PAUSES = { baseMs: 1_000, maxMs: 20_000 };

interface Run {
  /** Ends polls and pauses. */
  stopping: AbortController;
  /** Ends what is under way. */
  cutting: AbortController;
  ended: Promise<void>;
}

/** Fetches calls from behind a firewall, has them answered, and sends the answers back. */
export class PollLoop {
  private readonly underWay = new Set<Promise<void>>();
  private run: Run | undefined;

  constructor(private readonly options: PollLoopOptions) {}

  /** Polls from now on. Nothing happens when it does already. */
  start(): void {
    if (this.run !== undefined) return;
    const [stopping, cutting] = [new AbortController(), new AbortController()];
    setMaxListeners(0, cutting.signal);
    this.run = { stopping, cutting, ended: this.pollUntil(stopping.signal, cutting.signal) };
  }

  /**
   * Fetches no more, finishes what is under way and sends its answers; resolves then. After `withinMs` (no limit when not said)
   * calls are told to end by the signal of their context, and answers are no longer waited for.
   */
  async stop({ withinMs }: { withinMs?: number } = {}): Promise<void> {
    const { run } = this;
    if (run === undefined) return;
    run.stopping.abort(new Error('the agent stops'));
    const timer = withinMs === undefined ? undefined : setTimeout(() => run.cutting.abort(new Error('the agent ends')), withinMs);
    await run.ended;
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    clearTimeout(timer);
    this.run = undefined;
  }

  private async pollUntil(signal: AbortSignal, cut: AbortSignal): Promise<void> {
    const { concurrency = CONCURRENCY, onError, pauses = PAUSES, random = Math.random } = this.options;
    for (let failures = 0; !signal.aborted;) {
      while (this.underWay.size >= concurrency) await Promise.race(this.underWay);
      try {
        const waitMs = await this.poll(signal, cut, Math.min(concurrency - this.underWay.size, MOST_FETCHED));
        failures = waitMs === 'well' ? 0 : failures + 1;
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        failures += 1;
        await rest(retryAfterOf(error), signal);
      }
      if (failures > 0) await rest(backoffMs(failures, pauses, random), signal);
    }
  }

  /** `early`: nothing before the wait was over, as from a hub that is about to end, and not to be asked again in a spin. */
  private async poll(signal: AbortSignal, cut: AbortSignal, max: number): Promise<'well' | 'early'> {
    const { client, waitSeconds = WAIT_S } = this.options;
    const began = performance.now();
    const calls = await client.poll({ max, waitSeconds }, { signal });
    for (const call of calls) this.take(call, cut);
    return calls.length === 0 && performance.now() - began < (waitSeconds * 1_000) / 2 ? 'early' : 'well';
  }

  private take(call: PolledCall, cut: AbortSignal): void {
    const work = this.work(call, cut).catch(this.options.onError);
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  private async work({ callId, path, headers, body, deadlineAt }: PolledCall, signal: AbortSignal): Promise<void> {
    const { client, answerer, clock, random } = this.options;
    const answer = await orAborted(answerer.answerCall({ path, headers, body, signal }), signal);
    await replyInTime(callId, answer, { client, clock, deadline: Date.parse(deadlineAt), signal, ...(random && { random }) });
  }
}

function retryAfterOf(error: unknown): number {
  const failure = error instanceof HubError ? error.failure : undefined;
  return failure !== undefined && 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
