import { isDeepStrictEqual } from 'node:util';
import type { IncomingCall } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import type { Answer } from './answer';
import { CallbackQueue } from './callbacks';
import type { VendorOptions } from './control';
import { HubLine, type VendorHubs } from './hub-line';
import type { Ledger } from './ledger';
import { OrderDesk } from './order-desk';
import { PlannedAnswerer } from './planned-answerer';
import { PollingAgent } from './polling/polling-agent';
import { Pulse } from './pulse';

const DEFAULT_HEARTBEAT_MS = 20_000;

/** One vendor's agent with its ERP. */
export class Vendor {
  readonly callbacks: CallbackQueue;
  readonly pulse: Pulse;
  readonly answerer: PlannedAnswerer;
  readonly polling: PollingAgent;
  private isOpen = false;

  constructor(
    private options: VendorOptions,
    ledger: Ledger,
    hubs: VendorHubs,
  ) {
    const line = new HubLine(hubs, () => this.options);
    this.callbacks = new CallbackQueue(line.posts);
    this.pulse = new Pulse(line);
    const desk = new OrderDesk(ledger, this.callbacks, () => this.options.idempotent === true);
    this.answerer = new PlannedAnswerer({ options: () => this.options, ledger, desk, clock: line.clock });
    this.polling = new PollingAgent({
      line,
      options: () => this.options.polling ?? {},
      answer: (call, callId) => this.answerer.answer(call, callId),
      mishap: (kind, callIds) => ledger.recordMishap({ at: new Date().toISOString(), vendorId: this.options.vendorId, kind, callIds }),
    });
    this.configure(options);
    void desk.resume(options.vendorId);
  }

  configure(options: VendorOptions): void {
    const before = this.options;
    this.options = options;
    this.pulse.every(options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS);
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
  async answer(call: IncomingCall): Promise<Answer> {
    return (await this.answerer.answer(call, null)).answer;
  }
}
