import type { Installation } from '@repo/chaos-kit/installation/installation';
import type { HubClient } from '@repo/chaos-kit/load/hub-client';

/** An order that the hub said it has taken. */
export interface PlacedOrder {
  orderNumber: string;
  vendorId: string;
}

const AT_ONCE = 32;
/** One that every simulated ERP has. */
const SKU = 'A-0';
const LONGEST_MS = 180_000;

/** Places orders as a shop does, and remembers which the hub has taken: these it has to bring to the ERP. */
export class OrderDesk {
  readonly placed: PlacedOrder[] = [];
  private begun = 0;

  constructor(
    private readonly client: HubClient,
    private readonly pool: Installation['pool'],
    private readonly run: string,
  ) {}

  /** So many orders, vendor by vendor. Each is asked for until it is answered. @throws Error when one is not, or is refused */
  async place(count: number, vendorIds: readonly string[]): Promise<PlacedOrder[]> {
    const wanted = Array.from({ length: count }, (_, at) => ({
      orderNumber: `${this.run}-${this.begun + at}`,
      vendorId: vendorIds[at % vendorIds.length] ?? '',
    }));
    this.begun += count;
    const waiting = wanted.values();
    const take = async () => {
      for (const order of waiting) await this.placeOne(order);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, take));
    return wanted;
  }

  /** Those that are not confirmed yet, or are not in the hub. */
  async undelivered(orders: readonly PlacedOrder[]): Promise<PlacedOrder[]> {
    const { rows } = await this.pool.query<{ orderNumber: string }>(
      `select order_number as "orderNumber" from orders where order_number = any($1) and erp_status = 'confirmed'`,
      [orders.map(({ orderNumber }) => orderNumber)],
    );
    const confirmed = new Set(rows.map(({ orderNumber }) => orderNumber));
    return orders.filter(({ orderNumber }) => !confirmed.has(orderNumber));
  }

  /** Jobs that a worker has, or that are in the queue. */
  underWay(): Promise<number> {
    return this.count(`status = 'processing'`);
  }

  heldBecause(reason: string): Promise<number> {
    return this.count(`status = 'pending' and held_reason = $1`, [reason]);
  }

  private async placeOne(order: PlacedOrder): Promise<void> {
    const { orderNumber, vendorId } = order;
    const body = { vendorId, orderNumber, erpCustomerCode: 'C1', lines: [{ sku: SKU, quantity: '1', unitPrice: '2.50' }] };
    const headers = { 'idempotency-key': orderNumber };
    const { status, body: answer } = await this.client.ask('POST', '/api/orders', { body, headers, limitMs: LONGEST_MS });
    if (status !== 201 && status !== 200) throw new Error(`an order of ${vendorId} was refused with ${status}: ${JSON.stringify(answer)}`);
    this.placed.push(order);
  }

  private async count(condition: string, values: readonly unknown[] = []): Promise<number> {
    const { rows } = await this.pool.query<{ jobs: number }>(`select count(*)::int as jobs from sync_jobs where ${condition}`, [...values]);
    return rows[0]?.jobs ?? 0;
  }
}
