import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLater } from '@erp-sync-hub/agent-sdk/answer/answer-errors';
import type { ErpOrders, ErpOutcome, OrderReference } from '@erp-sync-hub/agent-sdk/orders/erp-orders';
import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import type { FaultDraws } from './draw-faults';

/** An order as the simulated ERP has it. */
export interface HeldOrder extends OrderReference {
  erpReference: string;
  lines: number;
  cancelled: boolean;
}

const LONGEST_MS = 3_000;

/** An ERP that makes an order each time it is asked to, and fails as the draws say. */
export class SimulatedOrders implements ErpOrders {
  /** All that were made, twice if they were made twice. */
  readonly held: HeldOrder[] = [];
  private readonly byJob = new Map<string, HeldOrder>();

  constructor(
    private readonly prefix: string,
    private readonly faults: FaultDraws,
  ) {}

  async createOrder(order: CalledOrder, reference: OrderReference, signal: AbortSignal): Promise<ErpOutcome> {
    return this.meetFaults(signal, () => {
      const erpReference = `${this.prefix}-${this.held.length + 1}`;
      const held = { ...reference, erpReference, lines: order.lines.length, cancelled: false };
      this.held.push(held);
      this.byJob.set(reference.jobId, held);
      return { status: 'completed', erpReference };
    });
  }

  async cancelOrder({ orderId }: OrderReference, signal: AbortSignal): Promise<ErpOutcome> {
    return this.meetFaults(signal, () => {
      const copies = this.held.filter((held) => held.orderId === orderId);
      for (const held of copies) held.cancelled = true;
      return { status: 'completed', erpReference: copies.at(-1)?.erpReference ?? null };
    });
  }

  findOrder({ jobId }: OrderReference): Promise<ErpOutcome | undefined> {
    const held = this.byJob.get(jobId);
    return Promise.resolve(held && { status: 'completed', erpReference: held.erpReference });
  }

  /** A third each: refused before, for now; failed before; failed when it is done already. */
  private async meetFaults(signal: AbortSignal, work: () => ErpOutcome): Promise<ErpOutcome> {
    if (this.faults.happens('slow')) await sleep(this.faults.measure('slow') * LONGEST_MS, undefined, { signal });
    const fails = this.faults.happens('error');
    const how = fails ? this.faults.measure('error') : 1;
    if (how < 1 / 3) throw new RetryLater(1, 'the ERP is busy');
    if (how < 2 / 3) return { status: 'failed', error: 'the ERP has no licence free', retryable: true };
    const outcome = work();
    if (fails) throw new Error('the connection with the ERP was lost');
    return outcome;
  }
}
