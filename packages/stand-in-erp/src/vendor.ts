import type { IncomingHttpHeaders } from 'node:http';
import { json, text, type Answer } from './answer';
import { CallbackQueue } from './callbacks';
import type { VendorOptions } from './control';
import { checkCredentials } from './credentials';
import { decideFault } from './decide-fault';
import type { CallKind, Fault } from './faults';
import { Heartbeats } from './heartbeats';
import { HubLine, type HubList } from './hub-line';
import { readJob, type Job } from './job';
import type { Ledger } from './ledger';
import { OrderDesk } from './order-desk';
import type { CallRecord } from './records';

const DEFAULT_HEARTBEAT_MS = 20_000;

/** One vendor's agent with its ERP. */
export class Vendor {
  readonly callbacks: CallbackQueue;
  readonly heartbeats: Heartbeats;
  readonly desk: OrderDesk;

  constructor(
    private options: VendorOptions,
    private readonly ledger: Ledger,
    hubs: HubList,
  ) {
    const line = new HubLine(hubs, () => this.options);
    this.callbacks = new CallbackQueue(line);
    this.heartbeats = new Heartbeats(line);
    this.desk = new OrderDesk(ledger, this.callbacks, () => this.options.idempotent === true);
    this.configure(options);
    void this.desk.resume(options.vendorId);
  }

  configure(options: VendorOptions): void {
    this.options = options;
    this.heartbeats.every(options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS);
  }

  /** Answers one call, and writes down that it came before anything else. */
  async answer(call: CallKind, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
    const { vendorId, plan = [], orderStatus = true } = this.options;
    const credentials = checkCredentials(this.options, headers, body);
    const job = readJob(call, vendorId, parseJson(body));
    const about = 'fault' in job ? NOTHING : job;
    const nth = this.ledger.callsFor({ vendorId, call, orderNumber: about.orderNumber }) + 1;
    const fault: Fault = decideFault(plan, { call, orderNumber: about.orderNumber, nth });
    const record = (what: CallRecord['fault']): void => {
      const { jobId, orderId, orderNumber, attempt } = about;
      const breach = 'fault' in job ? job.fault : null;
      const call_ = { at: new Date().toISOString(), vendorId, call, jobId, orderId, orderNumber, nth, attempt };
      this.ledger.record({ ...call_, ...heard(headers), ...credentials, fault: what, breach });
    };
    if (credentials.bearer === 'wrong' || credentials.signature === 'wrong') {
      record('refused_credentials');
      return text(401, 'unauthorized');
    }
    if ('fault' in job) {
      record('broke_contract');
      return json(400, { error: job.fault });
    }
    record(fault.kind);
    if (call === 'order-status' && !orderStatus) return text(404, 'no such call');
    const deadline = header(headers, 'x-deadline');
    return this.desk.answer(job, deadline === null ? null : Date.parse(deadline), fault);
  }
}

const NOTHING: Pick<Job, 'jobId' | 'orderId' | 'orderNumber' | 'attempt'> = { jobId: '', orderId: '', orderNumber: '', attempt: null };

function heard(headers: IncomingHttpHeaders): Pick<CallRecord, 'correlationId' | 'idempotencyKey' | 'deadline'> {
  return {
    correlationId: header(headers, 'x-correlation-id'),
    idempotencyKey: header(headers, 'idempotency-key'),
    deadline: header(headers, 'x-deadline'),
  };
}

function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // Not JSON is one more way to break the contract, which the schema then says.
    return undefined;
  }
}
