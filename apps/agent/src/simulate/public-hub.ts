import { setTimeout as sleep } from 'node:timers/promises';
import type { Entity } from '@repo/contracts/primitives';

/** Reply of the hub that the simulation cannot go on with. */
export class HubRefusal extends Error {
  override name = 'HubRefusal';

  constructor(
    message: string,
    /** Of the reply; undefined when there was none. */
    readonly status?: number,
  ) {
    super(message);
  }
}

export interface StoredOrder {
  id: string;
  orderNumber: string;
  erp: { status: string; erpReference: string | null; error: string | null };
}

const PAGE = 1_000;
const ORDER_PAGE = 100;
const AGAIN_MS = 500;
const DEFAULT_WAIT_S = 5;

export interface Patience {
  signal: AbortSignal;
  /** How long the hub may be away before a question to it is given up; for ever when not said. */
  awayMs?: number;
}

/** What an admin and a storefront ask the hub, with keys: it waits out limits, and a hub that is away. */
export class PublicHub {
  private readonly signal: AbortSignal;
  private readonly awayMs: number;

  constructor(
    private readonly baseUrl: string,
    { signal, awayMs = Infinity }: Patience,
  ) {
    this.signal = signal;
    this.awayMs = awayMs;
  }

  seedMappings(key: string, vendorId: string, mappings: readonly unknown[]): Promise<unknown> {
    return this.ask(key, 'POST', '/api/admin/mappings/seed', { vendorId, mappings });
  }

  async enrolmentCode(key: string, vendorId: string): Promise<string> {
    return ((await this.ask(key, 'POST', `/api/admin/agents/${vendorId}/enrolment`)) as { code: string }).code;
  }

  /** Repeats are harmless: the number is the key of the order. */
  placeOrder(key: string, vendorId: string, orderNumber: string, sku: string): Promise<StoredOrder> {
    const lines = [{ sku, quantity: '1', unitPrice: '2.50' }];
    const body = { vendorId, orderNumber, erpCustomerCode: 'C1', lines };
    return this.ask(key, 'POST', '/api/orders', body, { 'idempotency-key': orderNumber }) as Promise<StoredOrder>;
  }

  /** Says nothing of an order that cannot be cancelled any more, or was by a try whose reply was lost. */
  async cancelOrder(key: string, orderId: string): Promise<void> {
    try {
      await this.ask(key, 'POST', `/api/orders/${orderId}/cancel`);
    } catch (error) {
      if (!(error instanceof HubRefusal && error.status === 409)) throw error;
    }
  }

  /** The live rows of a vendor, by change. A row that changes meanwhile comes twice: the later one counts. */
  async *rows(key: string, entity: Entity, vendorId: string): AsyncGenerator<Record<string, unknown>[]> {
    for (let cursor = ''; ;) {
      const query = new URLSearchParams({ vendorId, limit: String(PAGE), ...(cursor === '' ? {} : { cursor }) });
      const page = (await this.ask(key, 'GET', `/api/${entity}?${query.toString()}`)) as {
        data: Record<string, unknown>[];
        meta: { nextCursor: string; hasMore: boolean };
      };
      yield page.data;
      if (!page.meta.hasMore) return;
      cursor = page.meta.nextCursor;
    }
  }

  /** Orders of a vendor, newest first. */
  async orders(key: string, vendorId: string): Promise<StoredOrder[]> {
    const orders: StoredOrder[] = [];
    for (let page = 1; ; page++) {
      const query = new URLSearchParams({ vendorId, page: String(page), limit: String(ORDER_PAGE) });
      const { data } = (await this.ask(key, 'GET', `/api/orders?${query.toString()}`)) as { data: StoredOrder[] };
      orders.push(...data);
      if (data.length < ORDER_PAGE) return orders;
    }
  }

  /** @throws HubRefusal of what no waiting helps against, or the reason of the signal */
  private async ask(key: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const begun = performance.now();
    for (;;) {
      this.signal.throwIfAborted();
      const init = { method, headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers }, signal: this.signal };
      const reply = await fetch(this.baseUrl + path, { ...init, ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }) }).catch(
        (error: unknown) => {
          if (this.signal.aborted) throw error;
          return undefined;
        },
      );
      if (reply?.ok === true) return reply.json();
      if (reply !== undefined && reply.status !== 429 && reply.status < 500) {
        throw new HubRefusal(`${method} ${path} gave ${reply.status}: ${(await reply.text()).slice(0, 500)}`, reply.status);
      }
      await reply?.body?.cancel();
      if (reply?.status !== 429 && performance.now() - begun > this.awayMs) {
        throw new HubRefusal(
          `${method} ${path} was not answered within ${Math.round(this.awayMs / 1_000)} s: ${reply?.status ?? 'no connection'}`,
        );
      }
      const waitMs = reply?.status === 429 ? Number(reply.headers.get('retry-after') ?? DEFAULT_WAIT_S) * 1_000 : AGAIN_MS;
      await sleep(waitMs, undefined, { signal: this.signal });
    }
  }
}
