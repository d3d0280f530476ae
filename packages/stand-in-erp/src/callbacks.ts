import type { Callback, HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { DEFAULT_RETRY, withRetries } from '@erp-sync-hub/agent-sdk/client/retry';
import { Turns } from './turns';
import type { CallbackCounters } from './records';

const AT_ONCE = 8;
const RETRY = { ...DEFAULT_RETRY, attempts: 60, baseMs: 50, maxMs: 2_000 };

/**
 * Tells the hub what became of accepted jobs, a few at a time and in order, each until the hub has taken it. Not the SDK's
 * sender, which owes one callback a job: this one sends several, and such that contradict each other.
 */
export class CallbackQueue {
  readonly counters: CallbackCounters = { posted: 0, taken: 0, refused: 0, givenUp: 0 };
  private readonly turns = new Turns(AT_ONCE);

  constructor(private readonly client: Pick<HubClient, 'callback'>) {}

  /** Resolves when the hub has answered it, or never did. */
  async send(callback: Callback): Promise<void> {
    await this.turns.take(() => this.post(callback));
  }

  private async post(callback: Callback): Promise<void> {
    const post = () => {
      this.counters.posted += 1;
      return this.client.callback(callback, { retry: { attempts: 1 } });
    };
    try {
      await withRetries(post, { repeatable: 'always', policy: RETRY, random: Math.random });
      this.counters.taken += 1;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.counters[isAnswer(error) ? 'refused' : 'givenUp'] += 1;
    }
  }
}

/** Whether the hub has said something that will not change. */
export function isAnswer({ kind }: HubError): boolean {
  return kind === 'refused' || kind === 'bad_reply';
}
