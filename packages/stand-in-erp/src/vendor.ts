import { isDeepStrictEqual } from 'node:util';
import type { IncomingHttpHeaders } from 'node:http';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import { json, text, type Answer } from './answer';
import { callKindOf } from './call-path';
import { CallbackQueue } from './callbacks';
import type { VendorOptions } from './control';
import { checkCredentials } from './credentials';
import { decideFault, type PlannedCall } from './decide-fault';
import type { CallKind, Fault } from './faults';
import { Heartbeats } from './heartbeats';
import { HubClock } from './hub-clock';
import { HubLine, type HubList } from './hub-line';
import { readJob, type Job } from './job';
import type { Ledger } from './ledger';
import { OrderDesk } from './order-desk';
import { PollingAgent, type Taken } from './polling/polling-agent';
import type { CallRecord } from './records';

const DEFAULT_HEARTBEAT_MS = 20_000;

/** Where an agent reaches the hub: with callbacks and heartbeats, and with polls and replies. */
export interface VendorHubs {
  posts: HubList;
  polls: HubList;
}

/** One vendor's agent with its ERP. */
export class Vendor {
  readonly callbacks: CallbackQueue;
  readonly heartbeats: Heartbeats;
  readonly desk: OrderDesk;
  readonly polling: PollingAgent;
  private readonly clock = new HubClock(() => this.options.clockSkewMs ?? 0);
  private isOpen = false;

  constructor(
    private options: VendorOptions,
    private readonly ledger: Ledger,
    hubs: VendorHubs,
  ) {
    const line = (list: HubList) => new HubLine(list, () => this.options);
    this.callbacks = new CallbackQueue(line(hubs.posts));
    this.heartbeats = new Heartbeats(line(hubs.posts), this.clock);
    this.desk = new OrderDesk(
      ledger,
      this.callbacks,
      () => this.options.idempotent === true,
      () => this.clock.now(),
    );
    this.polling = new PollingAgent(
      line(hubs.polls),
      this.clock,
      () => this.options.polling ?? {},
      (call) => this.takeFetched(call),
      (kind, callIds) => ledger.recordMishap({ at: new Date().toISOString(), vendorId: this.options.vendorId, kind, callIds }),
    );
    this.configure(options);
    void this.desk.resume(options.vendorId);
  }

  configure(options: VendorOptions): void {
    const before = this.options;
    this.options = options;
    if (options.clockSkewMs !== before.clockSkewMs) this.clock.forget();
    this.heartbeats.every(options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS);
    const polls = ({ transport, polling }: VendorOptions) => [transport, polling?.machines, polling?.waitSeconds, polling?.max];
    if (!isDeepStrictEqual(polls(options), polls(before))) this.polling.stop();
    if (this.isOpen) this.open();
  }

  /** Takes calls from now on, one way or the other. */
  open(): void {
    this.isOpen = true;
    if (this.options.transport === 'pull') this.polling.start();
  }

  close(): void {
    this.isOpen = false;
    this.polling.stop();
  }

  /** Answers a call that the hub made. */
  async answer(call: CallKind, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
    return (await this.take(call, headers, body, null)).answer;
  }

  private takeFetched({ callId, path, headers, body }: PolledCall): Promise<Taken> {
    const call = callKindOf(path);
    if (call !== undefined) return this.take(call, headers, Buffer.from(body), callId);
    return Promise.resolve({ answer: text(404, 'no such call'), planned: { call: 'poll', orderNumber: '', nth: 0 } });
  }

  /** Answers one call, and writes down that it came before anything else. */
  private async take(call: CallKind, headers: IncomingHttpHeaders, body: Buffer, callId: string | null): Promise<Taken> {
    const { vendorId, plan = [] } = this.options;
    const job = readJob(call, vendorId, parseJson(body));
    const about = 'fault' in job ? NOTHING : job;
    const nth = this.ledger.callsFor({ vendorId, call, orderNumber: about.orderNumber }) + 1;
    const planned: PlannedCall = { call, orderNumber: about.orderNumber, nth };
    const fault = decideFault(plan, planned);
    const credentials = checkCredentials(this.options, headers, body, this.clock.known ? this.clock.now() : null);
    const outcome = this.judge(job, credentials, fault);
    const { jobId, orderId, orderNumber, attempt } = about;
    const breach = 'fault' in job ? job.fault : null;
    const came = { at: new Date().toISOString(), vendorId, call, callId, jobId, orderId, orderNumber, nth, attempt };
    this.ledger.record({ ...came, ...heard(headers), ...credentials, fault: outcome.fault, breach });
    return { answer: outcome.answer ?? (await this.work(call, job as Job, headers, fault)), planned };
  }

  /** What becomes of a call before the ERP sees it; no answer when the ERP is to give it. */
  private judge(
    job: Job | { fault: string },
    { bearer, signature }: Pick<CallRecord, 'bearer' | 'signature'>,
    fault: Fault,
  ): { fault: CallRecord['fault']; answer?: Answer } {
    if (!this.clock.known) return { fault: 'clock_unknown', answer: text(503, 'what time is it?', { 'retry-after': '1' }) };
    if (bearer === 'wrong' || signature === 'wrong') return { fault: 'refused_credentials', answer: text(401, 'unauthorized') };
    if ('fault' in job) return { fault: 'broke_contract', answer: json(400, { error: job.fault }) };
    return { fault: fault.kind };
  }

  private work(call: CallKind, job: Job, headers: IncomingHttpHeaders, fault: Fault): Promise<Answer> {
    const { orderStatus = true } = this.options;
    if (call === 'order-status' && !orderStatus) return Promise.resolve(text(404, 'no such call'));
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
