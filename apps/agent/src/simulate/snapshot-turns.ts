/** How often everything is sent while rows are gone: seldom, as at a real vendor. In between the hub finds out by comparing. */
const EVERY_MS = 60_000;
const SETTLING_EVERY_MS = 5_000;

/** When a vendor sends everything. Times in milliseconds, of one clock. */
export class SnapshotTurns {
  private nextAt: number;
  private isSettling = false;

  /** @param random from 0 up to 1: vendors begin, and go on after a cut, at times of their own */
  constructor(
    private readonly random: () => number,
    now: number,
  ) {
    this.nextAt = now + random() * EVERY_MS;
  }

  /** From now on what is gone is not waited with. */
  settle(): void {
    this.isSettling = true;
    this.nextAt = 0;
  }

  /** Whether it is time; then it is taken, and the next comes later. */
  take(now: number): boolean {
    if (now < this.nextAt) return false;
    this.nextAt = now + (this.isSettling ? SETTLING_EVERY_MS : EVERY_MS);
    return true;
  }

  /** The hub was away until now: a turn that came meanwhile is not taken on its return, when all others come back, but some time later. */
  wasAway(now: number): void {
    if (!this.isSettling && now >= this.nextAt) this.nextAt = now + this.random() * EVERY_MS;
  }
}
