import { OverBudget } from './end-of-run';

/** The most that one run takes. */
export interface RunLimits {
  calls: number;
  /** Of JSON, both ways. */
  bytes: number;
  ms: number;
}

/** Enough to fill an empty hub with a million rows; what an agent with endless lists takes ends here. */
export const RUN_LIMITS: RunLimits = { calls: 6_000, bytes: 2 * 1024 ** 3, ms: 3_600_000 };

/** What a run has taken so far, and whether it may take more. */
export class RunBudget {
  calls = 0;
  bytes = 0;

  constructor(
    private readonly limits: RunLimits = RUN_LIMITS,
    private readonly now: () => number = () => performance.now(),
    private readonly begun: number = now(),
  ) {}

  /** @throws OverBudget when no more calls may be made */
  takeCall(): void {
    const { calls, bytes, ms } = this.limits;
    if (this.calls >= calls) throw new OverBudget(`more than ${calls} calls`);
    if (this.bytes >= bytes) throw new OverBudget(`more than ${bytes} bytes`);
    if (this.elapsedMs >= ms) throw new OverBudget(`more than ${ms} ms`);
    this.calls++;
  }

  get elapsedMs(): number {
    return Math.round(this.now() - this.begun);
  }
}
