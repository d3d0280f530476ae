import { within } from '../timing/within';

/** Scrapes within this time share one look. */
const KEPT_MS = 5_000;
/** No scrape waits longer. */
const LIMIT_MS = 2_000;
/** A server that is there has answered by then, well or not (PostgreSQL ends what takes 30 s): what has not is lost. */
const LOST_MS = 35_000;

/**
 * One look at what many scrapes ask for: kept for 5 s, not kept when it fails, and shared as long as it is under way, so that a
 * server that hangs is asked once and not once a scrape.
 */
export class KeptReading<T> {
  private kept: Promise<T> | undefined;
  private begunAt = 0;
  private underWay = false;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly now: () => number = Date.now,
    private readonly limitMs = LIMIT_MS,
  ) {}

  /** Rejects as the reading does, and when it takes too long for a scrape. */
  get(): Promise<T> {
    const age = this.now() - this.begunAt;
    if (this.kept === undefined || age > (this.underWay ? LOST_MS : KEPT_MS)) this.begin();
    return within(this.limitMs, () => this.kept as Promise<T>);
  }

  private begin(): void {
    const reading = this.read();
    this.kept = reading;
    this.begunAt = this.now();
    this.underWay = true;
    const end = (keep: boolean) => {
      if (this.kept !== reading) return;
      this.underWay = false;
      if (!keep) this.kept = undefined;
    };
    reading.then(
      () => end(true),
      () => end(false),
    );
  }
}
