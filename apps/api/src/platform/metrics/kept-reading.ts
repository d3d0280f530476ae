/** Scrapes within this time share one look. */
const KEPT_MS = 5_000;

/** One look at what many scrapes ask for: kept for 5 s, shared while it is under way, and not kept when it fails. */
export class KeptReading<T> {
  private kept: Promise<T> | undefined;
  private keptUntil = 0;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Rejects as the reading does. */
  get(): Promise<T> {
    if (this.kept === undefined || this.now() > this.keptUntil) {
      this.keptUntil = this.now() + KEPT_MS;
      const reading = this.read();
      this.kept = reading;
      reading.catch(() => {
        if (this.kept === reading) this.kept = undefined;
      });
    }
    return this.kept;
  }
}
