import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { noteAuthorized } from '@repo/shared/database/delivery/agent-trust';
import { claimJob, putBack, startSending, type ClaimedJob } from '@repo/shared/database/delivery/claim-job';
import { noteAttempt, type AttemptNote } from '@repo/shared/database/delivery/end-attempt';
import { DATABASE } from '../../../../platform/database/database.module';
import type { AgentCall, CallResult } from '../../agents/transport/agent-transport';
import { AgentTransports } from '../../agents/transport/agent-transports';
import { CallCutter } from '../call-cutter';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import type { OrderSyncPayload } from '../order-sync.queue';
import { askingCall, endpointOf, sendingCall } from './agent-calls';
import { ApplyDecision, type EndingDecision } from './apply-decision';
import type { Decision } from './decision';
import { judgeAsked, judgeSent } from './judge-reply';
import { whileWorthwhile } from './while-worthwhile';

/** What a try came to, for the log and for metrics. */
export interface AttemptReport {
  job: ClaimedJob;
  asked: boolean;
  sent: boolean;
  decision: EndingDecision;
  /** False: somebody else was faster, and this changed nothing. */
  counted: boolean;
  durationMs: number;
}

/** One try of one job: claim, ask if the last outcome is not known, tell the ERP, write what follows. */
@Injectable()
export class RunAttempt {
  private readonly logger = new Logger('RunAttempt');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly transports: AgentTransports,
    private readonly cutter: CallCutter,
    private readonly decisions: ApplyDecision,
  ) {}

  /** Undefined when the job was not to be had: a stale or repeated entry of the queue, or an agent that may not be called. */
  async run(payload: OrderSyncPayload): Promise<AttemptReport | undefined> {
    const { pool } = this.database;
    const claimedAt = Date.now();
    const lease = { token: randomUUID(), durationMs: this.policy.leaseMs };
    const job = await claimJob(pool, payload, lease, this.transports.modes);
    if (job === undefined) {
      if (await putBack(pool, payload)) this.logger.debug({ ...payload }, 'put back: its agent may not be called');
      return undefined;
    }
    const started = performance.now();
    let deadlineAt = new Date(claimedAt + this.policy.callTimeoutMs);
    let result: CallResult | undefined;
    let decision: Decision | undefined;
    if (job.mustAsk) {
      result = await this.call(job, askingCall(job, deadlineAt));
      decision = judgeAsked(result, job.agent.idempotentOrders);
      if (decision.do === 'send') {
        const renewedAt = Date.now();
        if (!(await startSending(pool, job, lease))) return this.overtaken(job, result, started);
        deadlineAt = new Date(renewedAt + this.policy.callTimeoutMs);
        decision = undefined;
      }
    }
    const sent = decision === undefined;
    if (decision === undefined) {
      result = await this.call(job, sendingCall(job, deadlineAt));
      decision = judgeSent(job.operation, result);
    }
    if (decision.do === 'send') throw new Error('telling the ERP cannot lead to telling it again in the same try');
    const durationMs = Math.round(performance.now() - started);
    const note = noteOf(job, decision, result, durationMs);
    const tried = { job, note, askedOnly: !sent, deadlineAt };
    const ending = decision;
    const counted = await whileWorthwhile(this.policy.leaseMs - (Date.now() - claimedAt), () => this.decisions.apply(ending, tried));
    if (job.agent.unauthorized && result?.kind === 'replied' && decision.do !== 'hold_vendor') await noteAuthorized(pool, job.vendorId);
    return { job, asked: job.mustAsk, sent, decision, counted, durationMs };
  }

  /** The job went elsewhere while the agent was asked: nothing may be sent. */
  private async overtaken(job: ClaimedJob, result: CallResult, started: number): Promise<undefined> {
    const httpStatus = result.kind === 'replied' ? result.status : null;
    const durationMs = Math.round(performance.now() - started);
    await noteAttempt(this.database.pool, job, { attempt: job.attempt, outcome: 'overtaken', durationMs, httpStatus, error: null });
    return undefined;
  }

  private call(job: ClaimedJob, call: AgentCall): Promise<CallResult> {
    return this.transports.of(job.agent.mode).call(endpointOf(job), call, this.cutter.signal);
  }
}

function noteOf(job: ClaimedJob, decision: EndingDecision, result: CallResult | undefined, durationMs: number): AttemptNote {
  const httpStatus = result?.kind === 'replied' ? result.status : null;
  const base = { attempt: job.attempt, durationMs, httpStatus };
  if (decision.do === 'complete') return { ...base, outcome: 'completed', error: null };
  if (decision.do === 'await_callback') return { ...base, outcome: 'accepted', error: null };
  return { ...base, outcome: decision.fault, error: decision.message };
}
