import { placeOrder, type Order } from '@repo/contracts/operations/order-operations';
import { expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';
import type { Fate } from './fates';
import type { OrderToPlace } from './make-orders';

const AT_ONCE = 8;
/** So many of the orders are sent twice, as by a shop that did not get the first answer. */
const EVERY_NTH_TWICE = 10;

/** An order that the hub has, and what the ERP will make of it. */
export interface PlacedOrder {
  id: string;
  vendorId: string;
  orderNumber: string;
  fate: Fate;
}

export interface Placing {
  placed: PlacedOrder[];
  /** How many were sent twice, and were there once. */
  repeated: number;
}

/** Places orders as a shop would, each under an idempotency key. `onPlaced` hears how many are there. */
export async function placeOrders(
  hub: HubClient,
  headers: Record<string, string>,
  orders: readonly (OrderToPlace & { fate: Fate })[],
  onPlaced: (many: number) => void,
): Promise<Placing> {
  const placed: PlacedOrder[] = [];
  let repeated = 0;
  const waiting = orders.entries();
  const shop = async () => {
    for (const [place, { fate, ...body }] of waiting) {
      const { vendorId, orderNumber } = body;
      const send = () =>
        hub.call(placeOrder, { headers: { ...headers, 'idempotency-key': `${vendorId}:${orderNumber}` }, body }) as Promise<Order>;
      const { id } = await send();
      if (place % EVERY_NTH_TWICE === 0) {
        const again = await send();
        expectThat(again.id === id, `order ${orderNumber}, placed again under its idempotency key, is the same one`, again.id);
        repeated += 1;
      }
      placed.push({ id, vendorId, orderNumber, fate });
      onPlaced(placed.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, shop));
  return { placed, repeated };
}
