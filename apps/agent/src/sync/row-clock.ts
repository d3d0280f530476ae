import type { Meta } from '../state/meta';

/** How many stamps are taken from the state at once: a clock that ticks is not written for every row. */
const RESERVED_MS = 1_000;

/**
 * The times that rows are stamped with (`lastSyncedAt`). The hub lets the newest win, so they must not go back: not when the
 * machine's clock is set back, and not after a restart. `now` is the hub's time as far as the agent knows it.
 */
export class RowClock {
  private last: number;
  private reserved: number;

  constructor(
    private readonly meta: Meta,
    private readonly now: () => number,
  ) {
    this.last = Number(meta.read('last_stamp') ?? 0);
    this.reserved = this.last;
  }

  /** A time that is not before any that was given before; ISO 8601. */
  stamp(): string {
    const at = Math.max(this.now(), this.last);
    if (at >= this.reserved) {
      this.reserved = at + RESERVED_MS;
      this.meta.write('last_stamp', String(this.reserved));
    }
    this.last = at;
    return new Date(at).toISOString();
  }
}
