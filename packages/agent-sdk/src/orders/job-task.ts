import type { CallContext } from '../answer/agent-handler';
import { TooLate } from '../answer/answer-errors';
import type { JobState } from './order-ledger';

/** A job while it is worked on in this process. */
export class JobTask {
  /** The latest try in which the hub sent it. */
  attempt: number;
  /** Resolves when it is in the ledger, and begun: from then on it may be told as "accepted". */
  readonly beginning: Promise<'begun'>;
  /** It is in the ledger, and begun. */
  begin!: () => void;
  /** The hub was told "accepted", and waits for the callback. */
  promised: boolean;
  /** Its end is being written: whoever asks waits for it. */
  recording = false;
  done!: Promise<JobState>;
  private readonly contexts: CallContext[] = [];

  constructor(attempt: number, promised: boolean) {
    this.attempt = attempt;
    this.promised = promised;
    this.beginning = new Promise((resolve) => (this.begin = () => resolve('begun')));
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

  /**
   * What it has come to; "accepted" when that takes longer than `withinMs`, as soon as it is begun.
   * @throws TooLate when it is not even begun before nothing is left of `leftMs`
   */
  async stateWithin(withinMs: number, leftMs: number): Promise<JobState> {
    if (leftMs === Infinity) return this.done;
    const timers = new Timers();
    try {
      if ((await Promise.race([this.done, timers.late(withinMs)])) === 'late') {
        const first = await Promise.race([this.done, this.beginning, timers.late(leftMs - withinMs)]);
        if (first === 'late') throw new TooLate();
        if (first === 'begun' && !this.recording) {
          this.promised = true;
          return { status: 'accepted', submitted: false };
        }
      }
      return await this.done;
    } finally {
      timers.clear();
    }
  }
}

class Timers {
  private readonly timers: NodeJS.Timeout[] = [];

  late(ms: number): Promise<'late'> {
    return new Promise((resolve) => this.timers.push(setTimeout(() => resolve('late'), ms)));
  }

  clear(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
  }
}
