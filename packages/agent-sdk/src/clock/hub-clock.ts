/** A moment by the two clocks of this machine, in milliseconds. */
export interface ClockReading {
  /** Since 1970; may be wrong, and may be set. */
  own: number;
  /** Since some moment; goes on evenly, but may stand still while the machine sleeps. */
  steady: number;
}

const LONGEST_ROUND_TRIP_MS = 1_000;

export interface HubClockOptions {
  /** The machine's clock is set over the network and right to the second: the hub's time counts as known from the start. */
  trustOwnClock?: boolean;
  /** A heartbeat that took longer tells too little of the time, once something better is known; 1 s when not said. */
  longestRoundTripMs?: number;
  /** For tests. */
  read?: () => ClockReading;
}

/**
 * The hub's time, from a machine whose clock may be wrong. It is never behind the hub's, so that nothing is started after a
 * deadline: the hub's time is taken for that of the moment at which the heartbeat set out (fast by one round trip at most),
 * and where the two clocks of the machine disagree later, because one was set or slept, the later counts.
 */
export class HubClock {
  private learned: { own: number; steady: number } | undefined;
  private readonly trustOwnClock: boolean;
  private readonly longestRoundTripMs: number;
  /** The machine's clocks. */
  readonly read: () => ClockReading;

  constructor({ trustOwnClock = false, longestRoundTripMs = LONGEST_ROUND_TRIP_MS, read = readClocks }: HubClockOptions = {}) {
    this.trustOwnClock = trustOwnClock;
    this.longestRoundTripMs = longestRoundTripMs;
    this.read = read;
  }

  /** Whether the hub's time is known: since the first heartbeat that was answered. */
  get known(): boolean {
    return this.trustOwnClock || this.learned !== undefined;
  }

  /** The hub's time in milliseconds since 1970; that of the machine until it is known. */
  now(): number {
    const { own, steady } = this.read();
    if (this.learned === undefined) return own;
    return Math.max(own + this.learned.own, steady + this.learned.steady);
  }

  /** Takes the hub's time from a heartbeat that set out at `sent`; what is no time is ignored. */
  learn(sent: ClockReading, serverTime: number): void {
    if (!Number.isFinite(serverTime)) return;
    const tookMs = this.read().steady - sent.steady;
    if (this.known && tookMs > this.longestRoundTripMs) return;
    this.learned = { own: serverTime - sent.own, steady: serverTime - sent.steady };
  }
}

function readClocks(): ClockReading {
  return { own: Date.now(), steady: performance.now() };
}
