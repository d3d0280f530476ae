import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext } from '@erp-sync-hub/agent-sdk/answer/agent-handler';
import { TooLate } from '@erp-sync-hub/agent-sdk/answer/answer-errors';
import type { Callback } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { AcceptedReply, CreateOrderOutcome, OrderStatusReply } from '@repo/contracts/agent-protocol/calls';
import type { CallbackQueue } from './callbacks';
import type { Fault } from './faults';
import type { Job } from './job';
import type { Ledger } from './ledger';

const DEFAULT_ERROR = 'the ERP could not do it';

/** What a job came to, as the SDK sends it. Only a cancellation may be without a reference. */
type Reply = AcceptedReply | CreateOrderOutcome;

/** Where a vendor's calls are worked off: does what a call asks for, or what a fault makes of it. */
export class OrderDesk {
  constructor(
    private readonly ledger: Ledger,
    private readonly callbacks: CallbackQueue,
    /** Whether the ERP recognises a job that it has done. */
    private readonly idempotent: () => boolean,
  ) {}

  /**
   * Changes something, or does not because of a fault.
   * @throws TooLate when it has waited until the deadline was over
   */
  async work(job: Job, context: CallContext, fault: Fault): Promise<Reply> {
    if (fault.kind === 'slow' && fault.created !== true) await sleep(fault.ms);
    if (context.leftMs() <= 0) throw new TooLate();
    const reply = await this.change(job, fault);
    if (fault.kind === 'slow' && fault.created === true) await sleep(fault.ms);
    return reply;
  }

  /** What became of a job. */
  async status({ vendorId, jobId }: Job, fault: Fault): Promise<OrderStatusReply> {
    if (fault.kind === 'slow' && fault.created !== true) await sleep(fault.ms);
    const state = this.ledger.stateOf(vendorId, jobId);
    return state === undefined ? { known: false } : { known: true, ...state };
  }

  /** Does what was accepted before the ERP was killed, as a service does that starts again. */
  async resume(vendorId: string): Promise<void> {
    await Promise.all(this.ledger.unfinished(vendorId).map((job) => this.callbacks.send(completed(job, this.carryOut(job)))));
  }

  private async change(job: Job, fault: Fault): Promise<Reply> {
    switch (fault.kind) {
      case 'fail':
        this.ledger.fail(job, fault.error ?? DEFAULT_ERROR, fault.retryable);
        return { status: 'failed', error: fault.error ?? DEFAULT_ERROR, retryable: fault.retryable };
      case 'accept':
        this.accept(job);
        void this.completeLater(job, fault.delayMs ?? 0);
        return ACCEPTED;
      case 'accept_silently':
        this.carryOut(job);
        return ACCEPTED;
      case 'accept_then_fail':
        this.accept(job);
        void this.failLater(job, fault);
        return ACCEPTED;
      case 'callback_first': {
        const reference = this.carryOut(job);
        await this.callbacks.send(completed(job, reference));
        return outcome(reference);
      }
      case 'duplicate_callbacks': {
        const callback = completed(job, this.carryOut(job));
        for (let time = 0; time < fault.times; time += 1) void this.callbacks.send(callback);
        return ACCEPTED;
      }
      case 'contradict':
        void this.contradict(job, this.carryOut(job));
        return ACCEPTED;
      default:
        return outcome(this.carryOut(job));
    }
  }

  /** Known before done: the hub must never hear "not known" of something under way. */
  private accept(job: Job): void {
    const state = this.idempotent() ? this.ledger.stateOf(job.vendorId, job.jobId)?.status : undefined;
    if (state !== 'accepted' && state !== 'completed') this.ledger.accept(job);
  }

  private carryOut(job: Job): string | null {
    this.accept(job);
    const state = this.ledger.stateOf(job.vendorId, job.jobId);
    // Only an idempotent ERP finds a job done that it has just accepted.
    return state?.status === 'completed' ? state.erpReference : this.ledger.carryOut(job);
  }

  private async completeLater(job: Job, delayMs: number): Promise<void> {
    await sleep(delayMs);
    await this.callbacks.send(completed(job, this.finish(job)));
  }

  /** As `carryOut` for a job that was accepted before: one that was told twice meanwhile is done twice. */
  private finish(job: Job): string | null {
    const state = this.ledger.stateOf(job.vendorId, job.jobId);
    return this.idempotent() && state?.status === 'completed' ? state.erpReference : this.ledger.carryOut(job);
  }

  private async failLater(job: Job, fault: Extract<Fault, { kind: 'accept_then_fail' }>): Promise<void> {
    await sleep(fault.delayMs ?? 0);
    this.ledger.fail(job, fault.error ?? DEFAULT_ERROR, fault.retryable);
    await this.callbacks.send(failed(job, fault.error ?? DEFAULT_ERROR, fault.retryable));
  }

  private async contradict(job: Job, reference: string | null): Promise<void> {
    await this.callbacks.send(completed(job, reference));
    await this.callbacks.send(failed(job, DEFAULT_ERROR, false));
  }
}

const ACCEPTED: AcceptedReply = { accepted: true };

function outcome(reference: string | null): Reply {
  return { status: 'completed', ...(reference === null ? {} : { erpReference: reference }) } as Reply;
}

function completed({ jobId, attempt }: Job, reference: string | null): Callback {
  return { jobId, status: 'completed', attempt: attempt ?? 1, ...(reference === null ? {} : { erpReference: reference }) };
}

function failed({ jobId, attempt }: Job, error: string, retryable: boolean): Callback {
  return { jobId, status: 'failed', attempt: attempt ?? 1, error, retryable };
}
