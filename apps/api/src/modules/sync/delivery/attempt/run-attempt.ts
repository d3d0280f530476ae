import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { noteAuthorized } from '@repo/shared/database/delivery/agent-trust';
import { claimJob, putBack, startSending, type ClaimedJob } from '@repo/shared/database/delivery/claim-job';
import { noteAttempt, type AttemptNote } from '@repo/shared/database/delivery/end-attempt';
import { DATABASE } from '../../../../platform/database/database.module';
import type { AgentCall, CallResult } from '../../agents/transport/agent-transport';
import { AgentTransports } from '../../agents/transport/agent-transports';
import { Breakers } from '../../breaker/breakers';
import type { Permit } from '../../breaker/permit';
import { CallCutter } from '../../agents/transport/call-cutter';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import type { OrderSyncPayload } from '../order-sync.queue';
import { askingCall, endpointOf, sendingCall } from './agent-calls';
import { ApplyDecision, type EndingDecision } from './apply-decision';
import { callOutcome } from './call-outcome';
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

/** What a worker holds a job by. */
interface Lease {
  token: string;
  durationMs: number;
}

/** What a try came to. */
interface Tried {
  result: CallResult;
  decision: EndingDecision;
  sent: boolean;
  /** Of the last call. */
  deadlineAt: Date;
}

const BREAKER_OPENED: EndingDecision = {
  do: 'wait',
  fault: 'breaker_open',
  message: 'The agent does not have it, and its breaker opened before it was told again',
  seconds: 0,
};

/**
 * One try of one job: claim, ask if the last outcome is not known, tell the ERP, write what follows. Leave to call the agent
 * is got before the job is claimed, so that a job behind an open breaker has not been tried.
 */
@Injectable()
export class RunAttempt {
  private readonly logger = new Logger('RunAttempt');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly transports: AgentTransports,
    private readonly breakers: Breakers,
    private readonly cutter: CallCutter,
    private readonly decisions: ApplyDecision,
  ) {}

  /** Undefined when the job was not to be had: a stale or repeated entry of the queue, or an agent that may not be called. */
  async run(payload: OrderSyncPayload): Promise<AttemptReport | undefined> {
    // Before the permit: what is sent under it ends before it does.
    const begunAt = Date.now();
    const permit = await this.breakers.admit(payload.vendorId, 'orders');
    if (permit === undefined) return this.backToOutbox(payload, 'its breaker is open');
    try {
      return await this.runWith(permit, payload, begunAt);
    } finally {
      await permit.release();
    }
  }

  private async runWith(permit: Permit, payload: OrderSyncPayload, begunAt: number): Promise<AttemptReport | undefined> {
    const { pool } = this.database;
    const lease = { token: randomUUID(), durationMs: this.policy.leaseMs };
    const job = await claimJob(pool, payload, lease, this.transports.modes);
    if (job === undefined) return this.backToOutbox(payload, 'its agent may not be called');
    const started = performance.now();
    const tried = await (job.mustAsk ? this.askFirst(permit, job, lease, begunAt) : this.tell(permit, job, begunAt));
    if (tried === undefined) return undefined;
    const { result, decision, sent, deadlineAt } = tried;
    const durationMs = Math.round(performance.now() - started);
    const note = noteOf(job, decision, result, durationMs);
    const counted = await whileWorthwhile(this.policy.leaseMs - (Date.now() - begunAt), () =>
      this.decisions.apply(decision, { job, note, askedOnly: !sent, deadlineAt }),
    );
    if (job.agent.unauthorized && result.kind === 'replied' && decision.do !== 'hold_vendor') await noteAuthorized(pool, job.vendorId);
    return { job, asked: job.mustAsk, sent, decision, counted, durationMs };
  }

  private async backToOutbox(payload: OrderSyncPayload, why: string): Promise<undefined> {
    if (await putBack(this.database.pool, payload)) this.logger.debug({ ...payload }, `put back: ${why}`);
    return undefined;
  }

  /** Asks what became of the last try, and tells the ERP if that was nothing. Undefined when the job went elsewhere meanwhile. */
  private async askFirst(permit: Permit, job: ClaimedJob, lease: Lease, begunAt: number): Promise<Tried | undefined> {
    const askedAt = performance.now();
    const deadlineAt = this.deadlineOf(begunAt);
    const judge = (result: CallResult) => judgeAsked(result, job.agent.idempotentOrders);
    const { result, decision } = await this.call(permit, job, askingCall(job, deadlineAt), judge);
    if (decision.do !== 'send') return { result, decision, sent: false, deadlineAt };
    const renewedAt = Date.now();
    const another = await this.breakers.admit(job.vendorId, 'orders');
    if (another === undefined) return { result, decision: BREAKER_OPENED, sent: false, deadlineAt };
    try {
      if (!(await startSending(this.database.pool, job, lease))) return await this.overtaken(job, result, askedAt);
      return await this.tell(another, job, renewedAt);
    } finally {
      await another.release();
    }
  }

  private async tell(permit: Permit, job: ClaimedJob, begunAt: number): Promise<Tried> {
    const deadlineAt = this.deadlineOf(begunAt);
    const judge = (result: CallResult) => judgeSent(job.operation, result);
    const { result, decision } = await this.call(permit, job, sendingCall(job, deadlineAt), judge);
    if (decision.do === 'send') throw new Error('telling the ERP cannot lead to telling it again in the same try');
    return { result, decision, sent: true, deadlineAt };
  }

  private deadlineOf(begunAt: number): Date {
    return new Date(begunAt + this.policy.callTimeoutMs);
  }

  /** The job went elsewhere while the agent was asked: nothing may be sent. */
  private async overtaken(job: ClaimedJob, result: CallResult, started: number): Promise<undefined> {
    const httpStatus = result.kind === 'replied' ? result.status : null;
    const durationMs = Math.round(performance.now() - started);
    await noteAttempt(this.database.pool, job, { attempt: job.attempt, outcome: 'overtaken', durationMs, httpStatus, error: null });
    return undefined;
  }

  /** One call of the agent, and what is decided about it, under a permit that hears what it says of the agent. */
  private call<D extends Decision>(
    permit: Permit,
    job: ClaimedJob,
    call: AgentCall,
    judge: (result: CallResult) => D,
  ): Promise<{ result: CallResult; decision: D }> {
    const act = async () => {
      const result = await this.transports.of(job.agent.mode).call(endpointOf(job), call, this.cutter.signal);
      return { result, decision: judge(result) };
    };
    return permit.call(act, ({ result, decision }) => callOutcome(result, decision));
  }
}

function noteOf(job: ClaimedJob, decision: EndingDecision, result: CallResult, durationMs: number): AttemptNote {
  const httpStatus = result.kind === 'replied' ? result.status : null;
  const base = { attempt: job.attempt, durationMs, httpStatus };
  if (decision.do === 'complete') return { ...base, outcome: 'completed', error: null };
  if (decision.do === 'await_callback') return { ...base, outcome: 'accepted', error: null };
  return { ...base, outcome: decision.fault, error: decision.message };
}
