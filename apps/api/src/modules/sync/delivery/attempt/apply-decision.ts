import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { noteUnauthorized } from '@repo/shared/database/delivery/agent-trust';
import type { ClaimedJob } from '@repo/shared/database/delivery/claim-job';
import { awaitCallback, noteAttempt, retryLater, type AttemptNote } from '@repo/shared/database/delivery/end-attempt';
import { failJob } from '@repo/shared/database/delivery/fail-job';
import { DATABASE } from '../../../../platform/database/database.module';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import { RecordCompletion } from '../record-completion';
import type { Decision } from './decision';
import { nextStep } from './spend-attempt';

/** What a decision is about. */
export interface Tried {
  job: ClaimedJob;
  note: AttemptNote;
  /** Whether the agent was only asked, not told. */
  askedOnly: boolean;
  /** When the last call that told the ERP to do it ends for certain. */
  deadlineAt: Date;
}

/** After the agent was asked its breaker opened: it is told when that closes, and asked again before. */
export interface BreakerOpened {
  do: 'wait';
  fault: 'breaker_open';
  message: string;
  seconds: 0;
}

/** A decision that ends a try; `send` does not. */
export type EndingDecision = Exclude<Decision, { do: 'send' }> | BreakerOpened;

/** Writes what follows from a try, if the job is still this worker's; its record in any case. */
@Injectable()
export class ApplyDecision {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly completions: RecordCompletion,
  ) {}

  /** False when somebody else was faster: a callback, or a sweep after the lease was over. */
  async apply(decision: EndingDecision, tried: Tried): Promise<boolean> {
    const won = await this.write(decision, tried);
    if (!won) await noteAttempt(this.database.pool, tried.job, tried.note);
    return won;
  }

  private async write(decision: EndingDecision, tried: Tried): Promise<boolean> {
    const { job, note } = tried;
    const { pool } = this.database;
    switch (decision.do) {
      case 'complete':
        return (await this.completions.record(job, decision, note)) !== undefined;
      case 'await_callback':
        return awaitCallback(pool, job, job.leaseToken, this.policy.callbackWithinMs, note);
      case 'wait':
        return this.wait(decision, tried, decision.seconds * 1000);
      case 'hold_vendor':
        // The first refusal may be about a secret that was changed meanwhile: then the job simply goes on.
        return this.wait(decision, tried, (await noteUnauthorized(pool, job.vendorId, job.agent.registeredAt)) ? 0 : 1_000);
      case 'retry':
        return this.retry(decision, tried);
      case 'dead_letter':
        return this.fail(decision, tried);
    }
  }

  private wait(
    { fault, message }: Extract<EndingDecision, { do: 'wait' | 'hold_vendor' }>,
    { job, note, askedOnly }: Tried,
    delayMs: number,
  ) {
    // Told to come back, the ERP has not done it; a question that was put off stays to be asked.
    const mustAsk = askedOnly ? undefined : false;
    const retry = { spent: false, delayMs, mustAsk, askAfterMs: 0, errorCode: fault, errorMessage: message };
    return retryLater(this.database.pool, job, { leaseToken: job.leaseToken }, retry, note);
  }

  private async retry(decision: Extract<EndingDecision, { do: 'retry' }>, tried: Tried): Promise<boolean> {
    const { job, note, askedOnly } = tried;
    const { fault, message, mustAsk } = decision;
    // An answered question costs nothing: what it tells of was counted when it was tried.
    const spent = !(askedOnly && fault === 'erp_failed');
    const counts = { spent: job.attemptsSpent + (spent ? 1 : 0), allowed: job.attemptsAllowed };
    const next = nextStep(counts, true, this.policy.backoff, Math.random);
    const askAfterMs = this.askAfterMs(tried);
    if (next.step === 'dead_letter') {
      const reason = `${message} (after ${counts.spent} of ${counts.allowed} attempts)`;
      return (
        (await failJob(
          this.database.pool,
          job,
          { leaseToken: job.leaseToken },
          { code: next.code, reason, spent, mustAsk, askAfterMs },
          note,
        )) !== undefined
      );
    }
    const retry = { spent, delayMs: next.delayMs, mustAsk, askAfterMs, errorCode: fault, errorMessage: message };
    return retryLater(this.database.pool, job, { leaseToken: job.leaseToken }, retry, note);
  }

  private async fail(decision: Extract<EndingDecision, { do: 'dead_letter' }>, tried: Tried): Promise<boolean> {
    const { job, note } = tried;
    const failure = {
      code: decision.code,
      reason: decision.message,
      spent: true,
      mustAsk: decision.mustAsk,
      askAfterMs: this.askAfterMs(tried),
    };
    return (await failJob(this.database.pool, job, { leaseToken: job.leaseToken }, failure, note)) !== undefined;
  }

  private askAfterMs({ deadlineAt }: Tried): number {
    return Math.max(0, deadlineAt.getTime() - Date.now()) + this.policy.askMarginMs;
  }
}
