import { setTimeout as sleep } from 'node:timers/promises';
import type { HubLine } from './hub-line';
import type { CallbackCounters } from './records';

const PATH = '/api/agents/callback';
const AT_ONCE = 8;
const MOST_POSTS = 60;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** What a callback says of a job. */
export interface Callback {
  jobId: string;
  status: 'completed' | 'failed';
  attempt?: number;
  erpReference?: string;
  error?: string;
  retryable?: boolean;
}

/** Tells the hub what became of accepted jobs, a few at a time and in order, each until the hub has taken it. */
export class CallbackQueue {
  readonly counters: CallbackCounters = { posted: 0, taken: 0, refused: 0, givenUp: 0 };
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly hub: HubLine) {}

  /** Resolves with the status of the hub's answer, or null when it never gave one below 500. */
  async send(callback: Callback): Promise<number | null> {
    await this.turn();
    try {
      const status = await this.post(callback);
      if (status === null) this.counters.givenUp += 1;
      else if (status === 200) this.counters.taken += 1;
      else this.counters.refused += 1;
      return status;
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async post(callback: Callback): Promise<number | null> {
    for (let post = 0; post < MOST_POSTS; post += 1) {
      this.counters.posted += 1;
      const reply = await this.hub.post(PATH, callback);
      if (reply !== null && reply.status < 500 && reply.status !== 429) return reply.status;
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** post, LONGEST_PAUSE_MS));
    }
    return null;
  }

  private async turn(): Promise<void> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
  }
}
