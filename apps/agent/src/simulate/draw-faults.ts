import type { SeededRandom } from './seeded-random';
import type { Fault } from './simulation-options';

/** Whether something goes wrong now, drawn one by one for each kind; `stop` ends all of it, so that what is under way can settle. */
export class FaultDraws {
  readonly counts: Partial<Record<Fault, number>> = {};
  private stopped = false;
  private readonly sources: ReadonlyMap<Fault, SeededRandom>;

  constructor(
    faults: readonly Fault[],
    private readonly rate: number,
    random: SeededRandom,
  ) {
    this.sources = new Map(faults.map((fault) => [fault, random.fork(fault)]));
  }

  /** `share` of the rate, for what has many occasions. */
  happens(fault: Fault, share = 1): boolean {
    if (this.stopped || this.sources.get(fault)?.chance(this.rate * share) !== true) return false;
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    return true;
  }

  /** From 0 up to 1, for how bad it is. */
  measure(fault: Fault): number {
    return this.sources.get(fault)?.next() ?? 0;
  }

  stop(): void {
    this.stopped = true;
  }
}
