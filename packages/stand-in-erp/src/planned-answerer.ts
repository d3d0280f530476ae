import type { AgentHandler, CallContext } from '@erp-sync-hub/agent-sdk/answer/agent-handler';
import { CallAnswerer, NotTrusted, type IncomingCall } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import { RetryLater, TooLate } from '@erp-sync-hub/agent-sdk/answer/answer-errors';
import type { HubClock } from '@erp-sync-hub/agent-sdk/clock/hub-clock';
import { text, type Answer } from './answer';
import { callKindOf } from './call-path';
import { recordOf, trustIn } from './came';
import type { VendorOptions } from './control';
import { decideFault, type PlannedCall } from './decide-fault';
import type { CallKind, Fault } from './faults';
import { cancellation, creation, question, type Job } from './job';
import type { Ledger } from './ledger';
import type { OrderDesk } from './order-desk';
import type { CallRecord } from './records';
import { tellDefect } from './tell-defect';
import { wireFault } from './wire-fault';

/** An answer, and the call as plans see it. */
export interface Taken {
  answer: Answer;
  planned: PlannedCall;
}

const NO_CALL: PlannedCall = { call: 'poll', orderNumber: '', nth: 0 };

/**
 * Answers the calls of one vendor with the SDK's answerer: that judges secrets, deadlines and bodies. What it lets through is
 * planned: a fault may put another answer in the place of a good one, or have nothing done. Every call is written down before
 * anything is done about it.
 */
export class PlannedAnswerer {
  /** Changes that were not started because their deadline had passed. */
  late = 0;

  constructor(private readonly parts: { options: () => VendorOptions; ledger: Ledger; desk: OrderDesk; clock: HubClock }) {}

  /** @param callId under which it was fetched; null when the hub called */
  async answer(incoming: IncomingCall, callId: string | null): Promise<Taken> {
    const { options, clock } = this.parts;
    const visit = new Visit(this.parts, incoming, callId);
    let trouble: unknown;
    const { outboundToken, signingSecret } = options();
    const answerer = new CallAnswerer({
      handler: visit.handler,
      clock,
      secrets: () => [{ outboundToken, signingSecret }],
      onTrouble: ({ error }) => (trouble = error),
    });
    const answer = await answerer.answerCall(incoming);
    if (trouble instanceof TooLate) this.late += 1;
    else if (trouble !== undefined && !EXPECTED.some((kind) => trouble instanceof kind)) tellDefect(trouble);
    visit.end(trouble, answer);
    return { answer: visit.instead ?? answer, planned: visit.planned };
  }
}

/** Nothing was done, and the answer to that is another than the SDK's. */
class NotDone extends Error {}

const EXPECTED = [NotDone, NotTrusted, RetryLater];

/** One call on its way through the answerer. */
class Visit {
  planned: PlannedCall = NO_CALL;
  /** What is answered in the place of what was done. */
  instead: Answer | undefined;
  private isRecorded = false;
  private readonly call: CallKind | undefined;

  constructor(
    private readonly parts: { options: () => VendorOptions; ledger: Ledger; desk: OrderDesk },
    private readonly incoming: IncomingCall,
    private readonly callId: string | null,
  ) {
    this.call = callKindOf(incoming.path);
  }

  readonly handler: Partial<AgentHandler> = {
    createOrder: (call, context) => this.change(creation(this.vendorId, call), context),
    cancelOrder: (call, context) => this.change(cancellation(this.vendorId, call), context),
    orderStatus: async (call) => {
      const job = question(this.vendorId, call);
      return this.parts.desk.status(job, this.begin(job));
    },
  };

  /** For calls that did not get as far as the handler. */
  end(trouble: unknown, { status, body = '' }: { status: number; body?: string }): void {
    if (this.isRecorded || this.call === undefined) return;
    const breach = status === 400 ? body : null;
    const fault = breach !== null ? 'broke_contract' : trouble instanceof NotTrusted ? 'refused_credentials' : undefined;
    this.record(this.call, fault ?? (trouble instanceof TooLate ? 'too_late' : 'clock_unknown'), breach, trouble);
  }

  private async change(job: Job, context: CallContext) {
    return this.parts.desk.work(job, context, this.begin(job));
  }

  /** Writes the call down, and says what is to go wrong with it. */
  private begin(job: Job): Fault {
    const { options, ledger } = this.parts;
    const { vendorId, plan = [], orderStatus = true } = options();
    const { orderNumber } = job;
    const call = this.call as CallKind;
    this.planned = { call, orderNumber, nth: ledger.callsFor({ vendorId, call, orderNumber }) + 1 };
    const fault = decideFault(plan, this.planned);
    this.record(call, fault.kind, null, undefined);
    const hasNone = call === 'order-status' && !orderStatus;
    const wire = hasNone ? { does: false, answer: text(404, 'no such call') } : wireFault(fault);
    this.instead = wire?.answer;
    if (wire?.does === false) throw new NotDone();
    return fault;
  }

  private record(call: CallKind, fault: CallRecord['fault'], breach: string | null, trouble: unknown): void {
    const { options, ledger } = this.parts;
    const { vendorId, outboundToken } = options();
    const came = recordOf(this.incoming, { vendorId, call, callId: this.callId });
    const nth = ledger.callsFor(came) + 1;
    ledger.record({ ...came, nth, ...trustIn(this.incoming, outboundToken, trouble, fault), fault, breach });
    this.isRecorded = true;
  }

  private get vendorId(): string {
    return this.parts.options().vendorId;
  }
}
