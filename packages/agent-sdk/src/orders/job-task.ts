import type { CallContext } from '../answer/agent-handler';
import { TooLate } from '../answer/answer-errors';
import type { JobState } from './order-ledger';

/** A job while it is worked on in this process. */
export class JobTask {
  /** The latest try in which the hub sent it. */
  attempt: number;
  /** In the ledger, and begun: what happens now may be told as "accepted". */
  begun = false;
  /** The hub was told "accepted", and waits for the callback. */
  promised: boolean;
  /** Its end is being written: whoever asks waits for it. */
  recording = false;
  done!: Promise<JobState>;
  private readonly contexts: CallContext[] = [];

  constructor(attempt: number, promised: boolean) {
    this.attempt = attempt;
    this.promised = promised;
  }

  /** Sent once more while it is worked on. */
  join(attempt: number, context: CallContext): void {
    this.attempt = Math.max(this.attempt, attempt);
    this.contexts.push(context);
  }

  /** @throws TooLate when nobody waits for it any more */
  assertInTime(): void {
    if (this.contexts.every((context) => context.leftMs() <= 0)) throw new TooLate();
  }

  /** What it has come to, or "accepted" when that takes longer than `withinMs`. @throws TooLate when it was not even begun by then */
  async stateWithin(withinMs: number): Promise<JobState> {
    if (withinMs === Infinity) return this.done;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), withinMs);
    });
    try {
      const first = await Promise.race([this.done, late]);
      if (first !== 'late' || this.recording) return await this.done;
      if (!this.begun) throw new TooLate();
      this.promised = true;
      return { status: 'accepted', submitted: false };
    } finally {
      clearTimeout(timer);
    }
  }
}
