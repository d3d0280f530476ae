import { setMaxListeners } from 'node:events';

/** Waits for news of calls, with one timer, and no longer than `signal` lets it. `Why` are other reasons to end it. */
export class NewsWait<Why extends string = never> {
  private news = false;
  private over: 'time' | 'aborted' | Why | undefined;
  private wake: (() => void) | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly abort = () => this.end('aborted');

  constructor(
    waitMs: number,
    private readonly signal: AbortSignal,
  ) {
    this.timer = setTimeout(() => this.end('time'), waitMs);
    // One signal may serve all calls of a process: that many listen to it is no leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this.abort, { once: true });
  }

  /** There may be news. */
  tell(): void {
    this.news = true;
    this.wake?.();
  }

  end(why: 'time' | 'aborted' | Why): void {
    this.over ??= why;
    this.wake?.();
  }

  /** `told`: look again. Otherwise why the wait is over; the first reason stays. */
  async next(): Promise<'told' | 'time' | 'aborted' | Why> {
    if (!this.news && this.over === undefined) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
    if (this.over !== undefined) return this.over;
    this.news = false;
    return 'told';
  }

  stop(): void {
    clearTimeout(this.timer);
    this.signal.removeEventListener('abort', this.abort);
  }
}
