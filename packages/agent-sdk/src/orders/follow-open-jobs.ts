import type { ErpOrders, ErpOutcome } from './erp-orders';
import { referenceOf, type JobRunner } from './job-runner';
import type { JobTask } from './job-task';
import type { JobState, LedgerEntry, OrderLedger } from './order-ledger';

export interface FollowParts {
  ledger: OrderLedger;
  erp: ErpOrders;
  runner: JobRunner;
  onError: (error: unknown, jobId: string | undefined) => void;
  inFlightMs: number;
  everyMs: number;
  now: () => number;
}

const INTERRUPTED: ErpOutcome = { status: 'failed', error: 'interrupted before it was in the ERP', retryable: true };

/** Asks the ERP again and again after jobs that are accepted and not worked on: left by a crash, left open, or done later. */
export class FollowOpenJobs {
  private stopped = false;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: FollowParts) {}

  /** Now, and from then on. */
  start(): void {
    if (this.stopped || this.running !== undefined) return;
    clearTimeout(this.timer);
    this.running = this.followAll().finally(() => {
      this.running = undefined;
      if (!this.stopped) this.timer = setTimeout(() => this.start(), this.parts.everyMs);
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async followAll(): Promise<void> {
    const { ledger, runner, onError } = this.parts;
    try {
      for (const entry of await ledger.unfinished()) {
        if (this.stopped) return;
        if (runner.taskOf(entry.jobId) !== undefined) continue;
        const { done } = runner.begin(entry, true, (task) => this.follow(entry, task));
        await Promise.allSettled([done]);
      }
    } catch (error) {
      onError(error, undefined);
    }
  }

  private async follow({ jobId, state: before }: LedgerEntry, task: JobTask): Promise<JobState> {
    const { ledger, runner, inFlightMs, now } = this.parts;
    const entry = await ledger.get(jobId);
    // Meanwhile something became of it.
    if (entry?.state.status !== 'accepted') return entry?.state ?? before;
    const find = this.finderOf(entry, entry.state.submitted);
    // Only whoever has it can say how it ended.
    if (find === undefined && entry.state.submitted) return entry.state;
    const found = await find?.(referenceOf(entry), runner.signal);
    if (found !== undefined) return found.status === 'accepted' ? entry.state : runner.end(entry, found, task);
    if (now() - entry.acceptedAt < inFlightMs) return entry.state;
    // Not begun anew here: its deadline is over, and whether it is still wanted the hub knows.
    return runner.end(entry, INTERRUPTED, task);
  }

  private finderOf({ operation }: LedgerEntry, submitted: boolean): ErpOrders['findOrder'] | undefined {
    const { erp } = this.parts;
    if (operation === 'create_order') return erp.findOrder.bind(erp);
    // A cancellation that was cut off is simply sent again.
    return submitted ? erp.findCancellation?.bind(erp) : undefined;
  }
}
