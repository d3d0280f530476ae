import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { takeProbeTurns } from '@repo/shared/database/delivery/agent-trust';
import { putBack } from '@repo/shared/database/delivery/claim-job';
import { retryLater } from '@repo/shared/database/delivery/end-attempt';
import { failJob, type FailureCode } from '@repo/shared/database/delivery/fail-job';
import {
  findExpired,
  findExpiredLeases,
  findLongQueued,
  findMissedCallbacks,
  findOfDeregistered,
  releaseSuccessors,
  type ExpiredLease,
} from '@repo/shared/database/delivery/find-overdue';
import { applyHolds, readVendorStates } from '@repo/shared/database/delivery/hold-jobs';
import type { JobReference } from '@repo/shared/database/delivery/job-reference';
import { eachByItself } from '../../../../platform/concurrency/each-by-itself';
import { DATABASE } from '../../../../platform/database/database.module';
import { nextStep } from '../attempt/spend-attempt';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import { OfferToQueue } from './offer-to-queue';
import { ReadGates } from './read-gates';

/** A job that was offered and not taken for this long may have been lost by the queue. */
const LONG_QUEUED_MS = 5_000;

/** Takes up what nobody else will: each part finds jobs that are overdue for something, and moves them by compare-and-set. */
@Injectable()
export class TakeUpOverdue {
  private readonly logger = new Logger('Relay');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly queue: OfferToQueue,
    private readonly gates: ReadGates,
  ) {}

  /** Holds the jobs of vendors whose agents cannot be called, releases those of the others, and lets held ones try. */
  async holdAndRelease(): Promise<void> {
    const { gates, trialDue } = await this.gates.readWithTrials();
    const states = await readVendorStates(this.database.pool, gates);
    await applyHolds(this.database.pool, states);
    if (!this.queue.canOffer) return;
    const blocked = new Set(gates.breakerOpen.filter((vendorId) => !trialDue.has(vendorId)));
    const probing = states.filter(({ hold, probeDue, vendorId }) => hold === 'agent_unauthorized' && probeDue && !blocked.has(vendorId));
    const trying = states.filter(({ hold, vendorId }) => hold === 'breaker_open' && trialDue.has(vendorId));
    if (probing.length > 0) {
      const turns = await takeProbeTurns(
        this.database.pool,
        probing.map(({ vendorId }) => vendorId),
      );
      for (const vendorId of turns) await this.queue.offerProbeOf(vendorId, 'agent_unauthorized');
    }
    for (const { vendorId } of trying) await this.queue.offerProbeOf(vendorId, 'breaker_open');
  }

  /** Tries whose worker died, hangs, or lost the database: nobody knows what came of them. */
  async expiredLeases(): Promise<void> {
    await eachByItself(await findExpiredLeases(this.database.pool), (lease) => this.endLostTry(lease));
  }

  private async endLostTry(lease: ExpiredLease): Promise<void> {
    const { pool } = this.database;
    const guard = { leaseToken: lease.leaseToken };
    const message = 'The worker did not say in time what came of the call';
    const note = { attempt: lease.attempt, outcome: 'lease_expired', durationMs: this.policy.leaseMs, httpStatus: null, error: message };
    const counts = { spent: lease.attemptsSpent + 1, allowed: lease.attemptsAllowed };
    const next = nextStep(counts, true, this.policy.backoff, Math.random);
    // The lease has outlived the call's deadline, and what could still come after it.
    const known = { spent: true, mustAsk: true, askAfterMs: 0 };
    this.logger.warn({ vendorId: lease.vendorId, jobId: lease.jobId, attempt: lease.attempt, next: next.step }, 'a lease expired');
    if (next.step === 'dead_letter') {
      const reason = `${message} (after ${counts.spent} of ${counts.allowed} attempts)`;
      await failJob(pool, lease, guard, { ...known, code: next.code, reason }, note);
    } else {
      await retryLater(pool, lease, guard, { ...known, delayMs: next.delayMs, errorCode: 'lease_expired', errorMessage: message }, note);
    }
  }

  /** Jobs that the queue lost, or gave to a worker that died before it took them: offered again under a new number. */
  async lostByQueue(): Promise<void> {
    if (!this.queue.canOffer) return;
    await eachByItself(await findLongQueued(this.database.pool, LONG_QUEUED_MS), async (job) => {
      if (!(await this.queue.isWaiting(job))) await putBack(this.database.pool, job);
    });
  }

  /** Accepted jobs about which no callback came: their agents are asked. */
  async missedCallbacks(): Promise<void> {
    const retry = {
      spent: false,
      delayMs: 0,
      mustAsk: true,
      askAfterMs: 0,
      errorCode: 'callback_missed',
      errorMessage: 'The agent accepted it and did not call back in time',
    };
    await eachByItself(await findMissedCallbacks(this.database.pool), (job) =>
      retryLater(this.database.pool, job, { callbackOverdue: true }, retry),
    );
  }

  /** Open jobs that are too old. */
  async expired(): Promise<void> {
    await eachByItself(await findExpired(this.database.pool), (job) => this.end(job, 'expired', 'The job was open for too long'));
  }

  /** Open jobs of agents that are gone. */
  async ofDeregistered(): Promise<void> {
    await eachByItself(await findOfDeregistered(this.database.pool), (job) =>
      this.end(job, 'agent_deregistered', 'The agent of this vendor was deregistered'),
    );
  }

  /** Jobs whose earlier one ended while they were being written. */
  async successors(): Promise<void> {
    await releaseSuccessors(this.database.pool);
  }

  private async end(job: JobReference, code: FailureCode, reason: string): Promise<void> {
    const failure = { code, reason, spent: false, mustAsk: undefined, askAfterMs: 0 };
    await failJob(this.database.pool, job, { atRest: true }, failure);
  }
}
