import type { CancelOrderCall, CreateOrderCall, OrderStatusCall } from '@repo/contracts/agent-protocol/calls';
import type { CallContext, OrderHandler } from '../answer/agent-handler';
import { RefuseOrder, RetryLater } from '../answer/answer-errors';
import type { HubClient } from '../client/hub-client';
import type { Random } from '../client/retry';
import { CallbackSender } from './callback-sender';
import type { ErpOrders, ErpOutcome } from './erp-orders';
import { FollowOpenJobs } from './follow-open-jobs';
import { asReply, asStatusReply } from './job-end';
import { JobRunner, referenceOf } from './job-runner';
import type { JobTask } from './job-task';
import type { JobState, LedgerEntry, LedgerJob, OrderLedger } from './order-ledger';

export interface ExactlyOnceOptions {
  ledger: OrderLedger;
  erp: ErpOrders;
  /** For callbacks. */
  client: Pick<HubClient, 'callback'>;
  /** Told of what went wrong, and with which job; things go on by themselves. */
  onError: (error: unknown, jobId: string | undefined) => void;
  /**
   * How long a request to the ERP may still take effect after whoever sent it has died or given up; 60 s when not said. An
   * order that is not found counts as not there only after that long.
   */
  inFlightMs?: number;
  /** How often the ERP is asked after jobs that are accepted; every 30 s when not said. */
  followEveryMs?: number;
  /** "Accepted" is answered so long before the deadline to what is not done by then; 5 s when not said. */
  marginMs?: number;
  /** Pauses between callbacks that were not taken. */
  callbackPauses?: { baseMs: number; maxMs: number };
  /** Milliseconds since 1970, for tests. */
  now?: () => number;
  random?: Random;
}

const IN_FLIGHT_MS = 60_000;
const FOLLOW_EVERY_MS = 30_000;
const MARGIN_MS = 5_000;
/** How long the hub is to wait when the ERP cannot be asked. */
const ASK_AGAIN_S = 30;

/**
 * Orders into an ERP that does not recognise repeats, each once: whatever is sent twice, lost or cut off on the way, and wherever
 * the process dies. A job is in the ledger before anything is begun. What was left open is looked up in the ERP first; only what
 * is certainly not there is created, and only when the hub sends it again. How a job ended is told by callback when the hub was
 * told "accepted", across restarts.
 */
export class ExactlyOnceOrders implements OrderHandler {
  private readonly callbacks: CallbackSender;
  private readonly runner: JobRunner;
  private readonly follower: FollowOpenJobs;
  private readonly inFlightMs: number;
  private readonly now: () => number;

  constructor(private readonly options: ExactlyOnceOptions) {
    const { client, ledger, erp, onError, callbackPauses, random } = options;
    const { inFlightMs = IN_FLIGHT_MS, followEveryMs = FOLLOW_EVERY_MS, now = Date.now } = options;
    this.inFlightMs = inFlightMs;
    this.now = now;
    this.callbacks = new CallbackSender({
      client,
      ledger,
      onError,
      ...(callbackPauses === undefined ? {} : { pauses: callbackPauses }),
      ...(random === undefined ? {} : { random }),
    });
    this.runner = new JobRunner({ ledger, onError, now, onOwed: () => this.callbacks.wake() });
    this.follower = new FollowOpenJobs({ ledger, erp, runner: this.runner, onError, inFlightMs, everyMs: followEveryMs, now });
  }

  /** Takes up what was left open, and sends callbacks that are owed; from then on, again and again. */
  start(): void {
    this.callbacks.wake();
    this.follower.start();
  }

  /**
   * Waits for what is under way; after `withinMs` (no limit when not said) the ERP is told by its signal to end. The ledger may
   * be closed afterwards. Not to be started again.
   */
  async stop({ withinMs }: { withinMs?: number } = {}): Promise<void> {
    const timer = withinMs === undefined ? undefined : setTimeout(() => this.runner.abort(), withinMs);
    await this.follower.stop();
    await this.runner.idle();
    await this.callbacks.stop();
    clearTimeout(timer);
  }

  async createOrder(call: CreateOrderCall, context: CallContext) {
    const { erp } = this.options;
    const create = () => erp.createOrder(call.order, referenceOf(call), this.runner.signal);
    const state = await this.change(this.runner.jobOf(call, 'create_order'), create, context);
    // The reference of a creation is never missing: see `readEnd`.
    return asReply(state) as Awaited<ReturnType<OrderHandler['createOrder']>>;
  }

  async cancelOrder(call: CancelOrderCall, context: CallContext) {
    const { erp } = this.options;
    const cancel = () => erp.cancelOrder({ ...referenceOf(call), erpReference: call.erpReference ?? null }, this.runner.signal);
    return asReply(await this.change(this.runner.jobOf(call, 'cancel_order'), cancel, context));
  }

  /** Answered from the ledger. Who hears "accepted" will be called back. */
  async orderStatus({ jobId }: OrderStatusCall) {
    for (;;) {
      const task = this.runner.taskOf(jobId);
      const entry = await this.options.ledger.get(jobId);
      if (entry?.state.status !== 'accepted') return entry === undefined ? { known: false as const } : asStatusReply(entry.state);
      // What was read is of a moment in which the task may have been at its end.
      if (task !== this.runner.taskOf(jobId)) continue;
      if (task?.recording !== true) {
        if (task !== undefined) task.promised = true;
        return asStatusReply(entry.state);
      }
      await Promise.allSettled([task.done]);
    }
  }

  /** The ERP has told by itself how an accepted job ended. False for one that is not, or no longer, waited for. */
  async settle(jobId: string, outcome: Exclude<ErpOutcome, { status: 'accepted' }>): Promise<boolean> {
    for (;;) {
      await Promise.allSettled([this.runner.taskOf(jobId)?.done]);
      const entry = await this.options.ledger.get(jobId);
      if (entry?.state.status !== 'accepted') return false;
      if (this.runner.taskOf(jobId) !== undefined) continue;
      await this.runner.begin(entry, true, (task) => this.runner.end(entry, outcome, task)).done;
      return true;
    }
  }

  private async change(job: LedgerJob, begin: () => Promise<ErpOutcome>, context: CallContext): Promise<JobState> {
    const { marginMs = MARGIN_MS } = this.options;
    const task = this.runner.taskOf(job.jobId) ?? this.runner.begin(job, false, (mine) => this.carryOut(job, begin, mine));
    task.join(job.attempt, context);
    const leftMs = context.leftMs();
    return task.stateWithin(Math.max(leftMs - Math.min(marginMs, leftMs / 2), 0), leftMs);
  }

  private async carryOut(job: LedgerJob, begin: () => Promise<ErpOutcome>, task: JobTask): Promise<JobState> {
    const { ledger } = this.options;
    const { jobId } = job;
    const entry = await ledger.get(jobId);
    if (entry !== undefined && !mayBeginAgain(entry, job)) return entry.state;
    const left = job.operation === 'create_order' ? await this.lookUp(entry, job, task) : undefined;
    if (left !== undefined) return left;
    task.assertInTime();
    await ledger.accept({ ...job, attempt: task.attempt, acceptedAt: this.now() });
    try {
      task.assertInTime();
    } catch (error) {
      await ledger.forget(jobId);
      throw error;
    }
    task.begin();
    return this.tell(job, task, begin);
  }

  /** What earlier tries, of this process or another, have left in the ERP; undefined when there is certainly nothing. */
  private async lookUp(entry: LedgerEntry | undefined, job: LedgerJob, task: JobTask): Promise<JobState | undefined> {
    const { erp, ledger, onError } = this.options;
    const open = entry?.state.status === 'accepted';
    if (!open && job.attempt === 1) return undefined;
    let found: ErpOutcome | undefined;
    try {
      found = await erp.findOrder(referenceOf(job), this.runner.signal);
    } catch (error) {
      if (!open) throw new RetryLater(ASK_AGAIN_S, 'the ERP cannot be asked', { cause: error });
      onError(error, job.jobId);
      return entry.state;
    }
    if (open) {
      if (found !== undefined) return this.runner.end(job, found, task);
      return this.now() - entry.acceptedAt < this.inFlightMs ? entry.state : undefined;
    }
    // A failure was told already, and this is the try after it.
    if (found === undefined || found.status === 'failed') return undefined;
    await ledger.accept({ ...job, acceptedAt: this.now() });
    return this.runner.end(job, found, task);
  }

  private async tell(job: LedgerJob, task: JobTask, begin: () => Promise<ErpOutcome>): Promise<JobState> {
    try {
      return await this.runner.end(job, await begin(), task);
    } catch (error) {
      if (task.recording) throw error;
      if (error instanceof RefuseOrder) return this.runner.end(job, { status: 'failed', error: error.message, retryable: false }, task);
      if (error instanceof RetryLater) return this.withdraw(job, task, error);
      // It may have been done: it stays accepted until the ERP can say.
      this.options.onError(error, job.jobId);
      return { status: 'accepted', submitted: false };
    }
  }

  /** Nothing was done: as if it had never been sent, unless the hub was told otherwise meanwhile. */
  private async withdraw(job: LedgerJob, task: JobTask, error: RetryLater): Promise<JobState> {
    if (task.promised) return this.runner.end(job, { status: 'failed', error: error.message, retryable: true }, task);
    task.recording = true;
    await this.options.ledger.forget(job.jobId);
    throw error;
  }
}

/** A failure is tried again when the hub, or a person there, sends it anew; what is open may be looked up; what is done is done. */
function mayBeginAgain({ state, attempt }: LedgerEntry, job: LedgerJob): boolean {
  return state.status === 'accepted' || (state.status === 'failed' && job.attempt > attempt);
}
