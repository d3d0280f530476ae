import { HubError } from '../client/hub-error';
import type { HubClient } from '../client/hub-client';
import { backoffMs, type Random } from '../client/retry';
import { asCallback } from './job-end';
import type { JobEnd, LedgerEntry, OrderLedger } from './order-ledger';

export interface CallbackSenderParts {
  client: Pick<HubClient, 'callback'>;
  ledger: Pick<OrderLedger, 'owed' | 'callbackTaken'>;
  onError: (error: unknown, jobId: string | undefined) => void;
  pauses?: { baseMs: number; maxMs: number };
  random?: Random;
}

const PAUSES = { baseMs: 1_000, maxMs: 60_000 };

/** Tells the hub how jobs ended, each until the hub has taken it; what is owed is in the ledger, so that a restart loses none. */
export class CallbackSender {
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private again = false;
  private failures = 0;

  constructor(private readonly parts: CallbackSenderParts) {}

  /** Something may be owed: sends it now, also when a pause is on. */
  wake(): void {
    clearTimeout(this.timer);
    if (this.ending.signal.aborted) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    this.running = this.sendAll().finally(() => {
      this.running = undefined;
      if (this.again) this.wake();
      else if (this.failures > 0) this.rest();
    });
  }

  /** Ends what is under way; what is owed stays so. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.ending.abort(new Error('the agent stops'));
    await this.running;
  }

  private rest(): void {
    const { pauses = PAUSES, random = Math.random } = this.parts;
    this.timer = setTimeout(() => this.wake(), backoffMs(this.failures, pauses, random));
  }

  private async sendAll(): Promise<void> {
    this.again = false;
    try {
      let failed = false;
      for (const entry of await this.parts.ledger.owed()) {
        if (this.ending.signal.aborted) return;
        failed = (await this.send(entry as LedgerEntry & { state: JobEnd })) === 'failed' || failed;
      }
      this.failures = failed ? this.failures + 1 : 0;
    } catch (error) {
      this.failures += 1;
      if (!this.ending.signal.aborted) this.parts.onError(error, undefined);
    }
  }

  /** @throws when the hub cannot be had now, so that no other callback gets through either */
  private async send(entry: LedgerEntry & { state: JobEnd }): Promise<'taken' | 'failed'> {
    const { client, ledger, onError } = this.parts;
    const { jobId, attempt } = entry;
    try {
      await client.callback(asCallback(entry), { signal: this.ending.signal, retry: { attempts: 1 } });
    } catch (error) {
      if (!(error instanceof HubError) || !isAboutCallback(error)) throw error;
      onError(error, jobId);
      if (!isFinal(error)) return 'failed';
    }
    await ledger.callbackTaken(jobId, attempt);
    return 'taken';
  }
}

/** What is wrong is this callback, not the hub or the credential. */
function isAboutCallback({ failure }: HubError): boolean {
  return failure.kind === 'bad_reply' || (failure.kind === 'refused' && failure.status !== 401 && failure.status !== 403);
}

/** The hub has heard it, and will never want it: a job that it does not have, or that was completed before. */
function isFinal({ failure }: HubError): boolean {
  return failure.kind === 'refused';
}
