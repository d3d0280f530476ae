/** Why a poll goes on: `told`, calls may wait; `time`, its wait is over; `gone`, nobody is there; `lost`, Redis is away. */
export type PollNews = 'told' | 'time' | 'gone' | 'lost' | 'ended';

/** The wait of one poll, with one timer. */
export class PollWaiter {
  /** Whose poll it is. */
  vendorId = '';
  private news = false;
  private over: Exclude<PollNews, 'told'> | undefined;
  private wake: (() => void) | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly leave = () => this.end('gone');

  constructor(
    waitMs: number,
    private readonly gone: AbortSignal,
  ) {
    this.timer = setTimeout(() => this.end('time'), waitMs);
    gone.addEventListener('abort', this.leave, { once: true });
  }

  /** Calls may wait. */
  tell(): void {
    this.news = true;
    this.wake?.();
  }

  end(why: Exclude<PollNews, 'told'>): void {
    this.over ??= why;
    this.wake?.();
  }

  async next(): Promise<PollNews> {
    if (!this.news && this.over === undefined) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
    if (this.over !== undefined) return this.over;
    this.news = false;
    return 'told';
  }

  stop(): void {
    clearTimeout(this.timer);
    this.gone.removeEventListener('abort', this.leave);
  }
}
