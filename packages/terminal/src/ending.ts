import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, Interrupted, messageOf } from './failure';

// Package managers hand on the Ctrl-C that the terminal has already sent to everyone: what comes this close is one and the same.
const SAME_REQUEST_MS = 1_000;

/** Why and when the program has to end: a signal, nobody reading its output any more, or something that it cannot go on without. */
export class Ending {
  private readonly controller = new AbortController();
  private lastSignal = -Infinity;

  /** Aborted with the reason once the program has to end. */
  readonly signal: AbortSignal = this.controller.signal;

  request(reason: Interrupted | Failure): void {
    this.controller.abort(reason);
  }

  /** From now on Ctrl-C ends the program in order, and a second one at once. */
  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        const again = this.signal.aborted && Date.now() - this.lastSignal >= SAME_REQUEST_MS;
        this.lastSignal = Date.now();
        if (again) process.exit(exitCodeOf(signal));
        this.request(new Interrupted(signal, exitCodeOf(signal)));
      });
    }
    // A reader such as `head` that has seen enough, or a terminal that was closed: there is nobody left to show anything to.
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', () => this.request(new Interrupted('the end of the output', exitCodeOf('SIGPIPE'))));
    }
  }

  /** Waits until the program has to end. */
  async requested(): Promise<Interrupted | Failure> {
    await new Promise<void>((resolve) => {
      if (this.signal.aborted) resolve();
      else this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return this.reason(undefined);
  }

  /** Why the work failed that threw `error`: the end that was asked for, when it was. */
  reason(error: unknown): Interrupted | Failure {
    const reason: unknown = this.signal.aborted ? this.signal.reason : error;
    if (reason instanceof Interrupted || reason instanceof Failure) return reason;
    return new Failure(messageOf(reason), { cause: reason });
  }

  /** A pause that the end cuts short. */
  async pause(ms: number): Promise<void> {
    this.signal.throwIfAborted();
    await sleep(ms, undefined, { signal: this.signal });
  }
}

function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
