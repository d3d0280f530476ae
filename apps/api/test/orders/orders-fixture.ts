import type { Order } from '@repo/contracts/operations/order-operations';
import { KEYS, startHubWithKeys } from '../security/security-fixture';
import type { Hub, HubReply } from '../support/hub';
import { item, mappedVendor } from '../support/rows';

/** An id that nothing has. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** A hub with vendors that have items, and a storefront that orders them. */
export interface Shop {
  hub: Hub;
  /** A request with the storefront's key. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<HubReply>;
  place(more?: Record<string, unknown>, headers?: Record<string, string>): Promise<HubReply>;
  /** Places an order that has to succeed. */
  placed(more?: Record<string, unknown>): Promise<Order>;
  find(id: string): Promise<HubReply>;
  cancel(id: string): Promise<HubReply>;
}

/** The vendors `mine` and `other` have the items A, B and `é/1`, mapped to 5.5 % VAT. Nothing is delivered: their agents are disabled. */
export async function openShop(env: Record<string, string> = {}): Promise<Shop> {
  const hub = await startHubWithKeys(env);
  for (const vendorId of ['mine', 'other']) {
    const agent = await mappedVendor(hub, vendorId);
    await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('A'), item('B', { name: 'Crème "brûlée" 🍮' }), item('é/1')] });
    await hub.admin('PUT', `/api/admin/agents/${vendorId}`, { enabled: false });
  }
  const call: Shop['call'] = (method, path, body, headers = {}) =>
    hub.request(method, path, body, { 'x-api-key': KEYS.orders.secret, ...headers });
  const place: Shop['place'] = (more = {}, headers = {}) => call('POST', '/api/orders', order(more), headers);
  return {
    hub,
    call,
    place,
    async placed(more) {
      const reply = await place(more);
      if (reply.status !== 201) throw new Error(`placing gave ${reply.status}: ${JSON.stringify(reply.body)}`);
      return reply.body as Order;
    },
    find: (id) => call('GET', `/api/orders/${id}`),
    cancel: (id) => call('POST', `/api/orders/${id}/cancel`),
  };
}

/** An order of two pieces of A for 1.25 each; `more` goes over it. */
export function order(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { vendorId: 'mine', erpCustomerCode: 'C1', lines: [line()], ...more };
}

export function line(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { sku: 'A', quantity: '2', unitPrice: '1.25', ...more };
}

/** How many orders, lines and jobs there are. */
export async function countAll({ pool }: Hub): Promise<{ orders: number; lines: number; jobs: number }> {
  const { rows } = await pool.query<{ orders: number; lines: number; jobs: number }>(
    `select (select count(*) from orders)::int as orders, (select count(*) from order_items)::int as lines,
       (select count(*) from sync_jobs)::int as jobs`,
  );
  return rows[0] ?? { orders: 0, lines: 0, jobs: 0 };
}
