import type { OrderOperation } from '@repo/contracts/agent-protocol/calls';
import { RetryLater, TooLate } from '../answer/answer-errors';
import type { ErpOutcome, OrderReference } from './erp-orders';
import { readEnd } from './job-end';
import { JobTask } from './job-task';
import type { JobState, LedgerJob, OrderLedger } from './order-ledger';
import { Turns } from './turns';

export interface JobRunnerParts {
  ledger: OrderLedger;
  /** A callback is owed now. */
  onOwed: () => void;
  onError: (error: unknown, jobId: string | undefined) => void;
  now: () => number;
}

/** Runs the jobs of this process, those of the same order one after the other, and writes down how they end. */
export class JobRunner {
  private readonly turns = new Turns();
  private readonly tasks = new Map<string, JobTask>();
  private readonly ending = new AbortController();

  constructor(private readonly parts: JobRunnerParts) {}

  /** For the ERP: aborted when it is to end. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  taskOf(jobId: string): JobTask | undefined {
    return this.tasks.get(jobId);
  }

  /** Works on a job that is not worked on yet, after everything else about its order. */
  begin({ jobId, orderId, attempt }: LedgerJob, promised: boolean, work: (task: JobTask) => Promise<JobState>): JobTask {
    const task = new JobTask(attempt, promised);
    this.tasks.set(jobId, task);
    task.done = this.turns.run(orderId, () => work(task)).finally(() => this.tasks.delete(jobId));
    // Those who wait for it hear of it, and of what is only to come later nobody else.
    task.done.catch((error: unknown) => {
      if (!(error instanceof RetryLater) && !(error instanceof TooLate)) this.parts.onError(error, jobId);
    });
    return task;
  }

  /** Writes down what the ERP said. */
  async end(job: LedgerJob, outcome: ErpOutcome, task: JobTask): Promise<JobState> {
    const { ledger, onOwed } = this.parts;
    const { jobId, operation, orderNumber } = job;
    if (outcome.status === 'accepted') {
      await ledger.submitted(jobId);
      return { status: 'accepted', submitted: true };
    }
    const end = readEnd(outcome, operation, orderNumber);
    // From here on nobody is told "accepted": whether a callback follows is being written.
    task.recording = true;
    const options = { attempt: task.attempt, callbackOwed: task.promised };
    if (end.status === 'completed') await ledger.complete(jobId, end, options);
    else await ledger.fail(jobId, end, options);
    if (options.callbackOwed) onOwed();
    return end;
  }

  /** Waits until nothing is worked on. */
  async idle(): Promise<void> {
    while (this.tasks.size > 0) await Promise.allSettled([...this.tasks.values()].map(({ done }) => done));
  }

  abort(): void {
    this.ending.abort(new Error('the agent ends'));
  }

  jobOf(call: OrderReference & { attempt: number }, operation: OrderOperation): LedgerJob {
    return { ...referenceOf(call), operation, attempt: call.attempt, acceptedAt: this.parts.now() };
  }
}

/** The part of a call or job that says which order is meant. */
export function referenceOf({ jobId, orderId, orderNumber }: OrderReference): OrderReference {
  return { jobId, orderId, orderNumber };
}
