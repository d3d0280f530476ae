/** A heartbeat that took longer tells too little of the time, once something better is known. */
const LONGEST_ROUND_TRIP_MS = 250;

/**
 * The hub's time, from a clock of the agent's own that may be wrong. It is never behind the hub's, so that nothing is started
 * after a deadline: the hub's time is taken for that of the moment at which the heartbeat set out. That makes it fast by one
 * round trip at most.
 */
export class HubClock {
  private correctionMs: number | undefined;

  constructor(
    /** How far the agent's own clock is ahead, in milliseconds; behind when negative. */
    private readonly skewMs: () => number,
  ) {}

  /** The agent's own clock, in milliseconds since 1970. */
  own(): number {
    return Date.now() + this.skewMs();
  }

  /** The hub's time as far as it is known; that of the own clock until a heartbeat was answered. */
  now(): number {
    return this.own() + (this.correctionMs ?? 0);
  }

  /** Whether the hub's time is known. A clock that is right needs nobody to say so. */
  get known(): boolean {
    return this.correctionMs !== undefined || this.skewMs() === 0;
  }

  /** Takes the time from a heartbeat that set out at `sentAt` by the own clock. */
  learn(sentAt: number, serverTime: number): void {
    const slow = this.own() - sentAt > LONGEST_ROUND_TRIP_MS;
    if (!this.known || !slow) this.correctionMs = serverTime - sentAt;
  }

  /** For when the own clock was set. */
  forget(): void {
    this.correctionMs = undefined;
  }
}
