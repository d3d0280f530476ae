import { Inject, Injectable } from '@nestjs/common';
import type { agentCallback } from '@repo/contracts/operations/delivery-operations';
import type { Input, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { retryLater } from '@repo/shared/database/delivery/end-attempt';
import { failJob } from '@repo/shared/database/delivery/fail-job';
import { findJob, type CalledBackJob } from '@repo/shared/database/delivery/find-job';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import type { AgentIdentity } from '../../../../platform/http/caller';
import { addLogFields } from '../../../../platform/http/request-context';
import { judgeFailure } from '../attempt/judge-reply';
import { nextStep } from '../attempt/spend-attempt';
import { whileWorthwhile } from '../attempt/while-worthwhile';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import { DeliveryLatency } from '../delivery-latency';
import { RecordCompletion } from '../record-completion';
import { WakeRelay } from '../wake-relay';
import { countsAsFailure, isOpen } from './judge-callback';

type Said = Input<typeof agentCallback>['body'];

/** How long a change is repeated that met another one. */
const PATIENCE_MS = 2_000;

/** Takes what an agent says of a job. Each change is a compare-and-set; what comes late or twice changes nothing. */
@Injectable()
export class TakeCallback {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly relay: WakeRelay,
    private readonly latency: DeliveryLatency,
    private readonly completions: RecordCompletion,
  ) {}

  /**
   * `overLimit`: the refusal that a rate limit has asked for; it does not hold for a job that is open.
   * @throws ApiError `not_found` for what is no job of this vendor, `conflict` for what contradicts the job
   */
  async take({ vendorId }: AgentIdentity, said: Said, overLimit: ApiError | undefined): Promise<Reply<typeof agentCallback>> {
    const job = await findJob(this.database.pool, vendorId, said.jobId);
    if (overLimit !== undefined && (job === undefined || !isOpen(job.status))) throw overLimit;
    if (job === undefined) throw new ApiError('not_found', 'This vendor has no such job.');
    if (said.status === 'completed') await this.complete(job, said);
    else await this.fail(job, said);
    const after = await findJob(this.database.pool, vendorId, said.jobId);
    const status = after?.status ?? job.status;
    addLogFields({ jobId: job.jobId, callback: said.status, was: job.status, jobStatus: status });
    this.relay.wake();
    return { jobId: job.jobId, status };
  }

  private async complete(job: CalledBackJob, said: Said): Promise<void> {
    if (job.attempt === 0) throw new ApiError('conflict', 'No attempt of this job has started: it cannot be completed.');
    const completion = { erpReference: said.erpReference ?? null, metadata: said.metadata ?? null };
    const done = await whileWorthwhile(PATIENCE_MS, () => this.completions.record(job, completion));
    if (done !== undefined) this.latency.confirmed(job);
  }

  private async fail(job: CalledBackJob, said: Said): Promise<void> {
    if (job.status === 'completed') throw new ApiError('conflict', 'This job is completed.');
    if (!countsAsFailure(job, said.attempt ?? undefined)) return;
    const decision = judgeFailure(said.error ?? '', said.retryable ?? true);
    const guard = { sentAttempt: job.sentAttempt };
    // A call that is still out is counted by this. One that was accepted has been counted, and so has one that is just asked after.
    const counts = job.status === 'processing' && job.attempt === job.sentAttempt;
    const spent = job.attemptsSpent + (counts ? 1 : 0);
    const next =
      decision.do === 'dead_letter'
        ? ({ step: 'dead_letter', code: decision.code } as const)
        : nextStep({ spent, allowed: job.attemptsAllowed }, true, this.policy.backoff, Math.random);
    await whileWorthwhile(PATIENCE_MS, async () => {
      if (next.step === 'dead_letter') {
        const failure = { code: next.code, reason: decision.message, spent: counts, mustAsk: false, askAfterMs: 0 };
        return failJob(this.database.pool, job, guard, failure);
      }
      const retry = { spent: counts, delayMs: next.delayMs, mustAsk: false, askAfterMs: 0 };
      return retryLater(this.database.pool, job, guard, { ...retry, errorCode: decision.fault, errorMessage: decision.message });
    });
  }
}
