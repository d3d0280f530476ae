import { renewRun, type TakenRun } from '@repo/shared/database/reconciliation/run-lease';
import type { Pool } from 'pg';
import { RunAbandoned } from '../talk/end-of-run';

/** Keeps a run in this worker's hands for as long as it works on it. */
export class RunLeaseKeeper {
  private renewedAt = performance.now();

  constructor(
    private readonly pool: Pool,
    private readonly run: TakenRun,
    private readonly durationMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /** To be called before each step. @throws RunAbandoned when the run is another's by now, or the process ends */
  async hold(): Promise<void> {
    if (this.signal.aborted) throw new RunAbandoned('this process ends');
    if (performance.now() - this.renewedAt < this.durationMs / 3) return;
    const at = performance.now();
    if (!(await renewRun(this.pool, this.run, this.durationMs))) throw new RunAbandoned('the run is not this one any more');
    this.renewedAt = at;
  }
}
